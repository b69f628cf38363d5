"""The camera and the picture: a still room, and over it whatever moves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import Array
from posecheck.synthetic.body import PosedBody
from posecheck.synthetic.company import Bystander, Pet, place, shape_of
from posecheck.synthetic.dress import Outfit, dress
from posecheck.synthetic.kinematics import unit
from posecheck.synthetic.paper import box_of, printed
from posecheck.synthetic.rig import Rig
from posecheck.synthetic.room import Furnisher, Room, light_up
from posecheck.synthetic.worn import Paper

__all__ = ["Camera", "Room", "Scene", "empty_room"]

Picture = NDArray[np.uint8]
SHADOW_KEY = (255, 0, 255)
SHADOW = 0.32
SOFTNESS_PX = 0.55
STRAP_RADIUS_M = 0.012
CLIPPING_M = (0.1, 20.0)


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole camera that looks at the middle of the rig.

    ``side`` 1 sees the person's left side (head at picture right), -1 the right side.
    ``yaw_deg`` turns it round the body, positive towards the feet; ``elevation_deg`` raises it;
    ``roll_deg`` turns the picture clockwise. ``fov_deg`` is the vertical field of view.
    """

    side: int = 1
    yaw_deg: float = 3.0
    elevation_deg: float = 10.0
    roll_deg: float = 0.0
    distance_m: float = 2.55
    fov_deg: float = 34.0
    target_m: tuple[float, float, float] = (0.0, 0.0, 0.22)
    width_px: int = 1280
    height_px: int = 720

    @property
    def position_m(self) -> Array:
        """Where the camera stands, (3,)."""
        yaw, up = np.radians([self.yaw_deg, self.elevation_deg])
        level = np.cos(up)
        away = np.array([self.side * np.cos(yaw) * level, -np.sin(yaw) * level, np.sin(up)])
        return np.asarray(self.target_m + self.distance_m * away)

    @property
    def focal_px(self) -> float:
        """Focal length in pixels."""
        return float(self.height_px / 2 / np.tan(np.radians(self.fov_deg) / 2))

    def axes(self) -> Array:
        """Rows: picture right, picture down, forward, in the body frame (3, 3)."""
        forward = np.asarray(self.target_m) - self.position_m
        forward /= np.linalg.norm(forward)
        right = np.cross(forward, [0.0, 0.0, 1.0])
        right /= np.linalg.norm(right)
        down = np.cross(forward, right)
        c, s = np.cos(np.radians(self.roll_deg)), np.sin(np.radians(self.roll_deg))
        return np.array([c * right - s * down, s * right + c * down, forward])

    def project(self, points_m: Array) -> Array:
        """Image position (..., 2), px, of points (..., 3) of the body frame."""
        seen = (np.asarray(points_m) - self.position_m) @ self.axes().T
        focal = self.focal_px
        centre = np.array([self.width_px, self.height_px]) / 2
        return np.asarray(focal * seen[..., :2] / seen[..., 2:] + centre)


class Scene:
    """Renders one subject in one room with one camera; a context manager.

    The room is rendered once. Each picture renders only what moves (body, shadow, strap,
    company), on nothing, and lays it over the room: company is meant to stay in front of the
    furniture.
    """

    def __init__(
        self,
        rig: Rig,
        outfit: Outfit,
        room: Room,
        camera: Camera,
        company: Sequence[Bystander | Pet] = (),
    ) -> None:
        import pyvista

        self._pyvista = pyvista
        self.room, self.camera = room, camera
        self._room = empty_room(room, camera)
        self._front = _Layer(_still(room, camera, Furnisher.front)) if room.front else None
        self._plotter = _studio(room, camera, 1)
        self._dress(rig, outfit)
        self._company = [(one, self._place_figure(one)) for one in company]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._plotter.close()

    def render(self, posed: PosedBody | None, time_s: float = 0.0) -> Picture:
        """Picture (height, width, 3) uint8, red first; ``posed`` None: nobody lies there.

        ``time_s`` places the company.
        """
        return self.render_wearing(posed, (), time_s)[0]

    def render_wearing(
        self, posed: PosedBody | None, papers: Sequence[Paper], time_s: float = 0.0
    ) -> tuple[Picture, list[float]]:
        """The same with paper markers, and which share (0 to 1) of each paper is to be seen."""
        for actor in self._person:
            actor.SetVisibility(posed is not None)
        if posed is not None:
            self._pose(posed)
        self._strap_actor.SetVisibility(posed is not None and posed.strap_m is not None)
        for one, actors in self._company:
            placed = place(one.keys, time_s, self.camera.side)
            placed[2, 3] = self.room.floor_m
            for actor in actors:
                actor.user_matrix = placed
        picture = self._room.copy()
        moving = _read(self._plotter)
        shadow = cv2.inRange(moving, (*SHADOW_KEY, 255), (*SHADOW_KEY, 255))
        moving[shadow > 0] = (0, 0, 0, round(255 * SHADOW))
        _Layer(moving, SOFTNESS_PX).over(picture)
        shares = [self._stick(paper, picture) for paper in papers]
        if self._front is not None:
            self._front.over(picture)
        return picture, shares

    def _stick(self, paper: Paper, picture: Picture) -> float:
        """Lay a paper over the picture but where something is nearer; the share that is seen."""
        outline_px = self.camera.project(paper.corners_m(margin=True))
        box = left, top, right, bottom = box_of(
            outline_px, self.camera.width_px, self.camera.height_px
        )
        towards = self.camera.position_m - paper.centre_m
        if right <= left or bottom <= top or towards @ paper.axes[:, 2] <= 0:
            return 0.0
        level, cover = printed(paper.worn.place, outline_px, box, self._shade(paper.axes[:, 2]))
        free = (self._plane_depth(paper, box) < self._depth(box)).astype(np.float32)
        part = np.s_[top:bottom, left:right]
        laid = np.dstack([level * free] * 3 + [255 * cover * free])
        laid = cv2.GaussianBlur(laid, (3, 3), SOFTNESS_PX)
        clear = 1 - laid[:, :, 3:] / 255
        picture[part] = np.rint(np.clip(laid[:, :, :3] + clear * picture[part], 0, 255))
        seen = cover * free
        if self._front is not None:
            seen = seen * self._front.clear(picture.shape[:2])[part]
        whole = cv2.contourArea(outline_px.astype(np.float32))
        return float(min(seen.sum() / whole, 1.0))

    def _shade(self, away: Array) -> float:
        """How bright white paper is that faces this way, as the lamps light everything here."""
        lamps = self.room.lamps(self.camera.side)
        falls = sum(strength * max(float(unit(np.array(at)) @ away), 0.0) for at, strength in lamps)
        return float(min(0.25 * self.room.ambient + 0.75 * falls, 1.0))

    def _depth(self, box: tuple[int, int, int, int]) -> Array:
        """How far (m, along the line of sight) what was rendered last is, at each pixel (h, w)."""
        from vtkmodules.vtkCommonCore import vtkFloatArray

        left, top, right, bottom = box
        height = self.camera.height_px
        data = vtkFloatArray()
        self._plotter.render_window.GetZbufferData(
            left, height - bottom, right - 1, height - top - 1, data
        )
        buffer = np.asarray(data, float).reshape(bottom - top, right - left)[::-1]
        near, far = CLIPPING_M
        return np.asarray(near * far / (far - buffer * (far - near)))

    def _plane_depth(self, paper: Paper, box: tuple[int, int, int, int]) -> Array:
        """The same of the paper's plane, without end."""
        left, top, right, bottom = box
        x, y = np.meshgrid(np.arange(left, right) + 0.5, np.arange(top, bottom) + 0.5)
        axes, away = self.camera.axes(), paper.axes[:, 2]
        middle = np.array([self.camera.width_px, self.camera.height_px]) / 2
        rays = np.dstack([(x - middle[0]), (y - middle[1]), np.full(x.shape, self.camera.focal_px)])
        slope = (rays / self.camera.focal_px) @ axes @ away
        return np.asarray((paper.centre_m - self.camera.position_m) @ away / slope)

    def _dress(self, rig: Rig, outfit: Outfit) -> None:
        rgb, self._stand_off = dress(rig, outfit)
        self._skin = self._pyvista.PolyData.from_regular_faces(rig.vertices, rig.faces)
        self._skin.point_data["rgb"] = rgb
        self._skin.point_data.active_normals = rig.normals.astype(np.float32)
        coarse = rig.vertices[: rig.coarse_faces.max() + 1]
        self._shadow = self._pyvista.PolyData.from_regular_faces(coarse, rig.coarse_faces)
        self._person = [self._add_lit(self._skin), self._add_shadow(self._shadow)]
        self._strap = self._pyvista.PolyData(np.zeros((1, 3)))
        self._strap_actor = self._plotter.add_mesh(
            self._strap, color=outfit.strap, ambient=0.25 * self.room.ambient, diffuse=0.75
        )

    def _pose(self, posed: PosedBody) -> None:
        points = posed.vertices_m + self._stand_off[:, None] * posed.normals
        points[:, 2] = np.maximum(points[:, 2], 0.0)
        self._skin.points = points
        self._skin.point_data.active_normals = posed.normals.astype(np.float32)
        self._shadow.points = self._cast(points[: self._shadow.n_points])
        if posed.strap_m is not None:
            band = self._pyvista.MultipleLines(points=posed.strap_m)
            self._strap.shallow_copy(band.tube(radius=STRAP_RADIUS_M, n_sides=10))

    def _cast(self, points_m: Array) -> Array:
        """The body's shadow on the floor, straight from the lamp, up to the back wall."""
        side = self.camera.side
        lamp = np.array(self.room.sun_m) * [side, 1.0, 1.0]
        reach = lamp[2] / np.maximum(lamp[2] - points_m[:, 2:], 0.3)
        shadow = lamp + (points_m - lamp) * reach
        shadow[:, 0] = side * np.maximum(side * shadow[:, 0], -self.room.back_m)
        shadow[:, 2] = 0.001
        return np.asarray(shadow)

    def _place_figure(self, one: Bystander | Pet) -> list[Any]:
        shape = shape_of(one)
        disc = self._pyvista.Disc(inner=0.0, outer=1.0, c_res=40)
        disc = disc.scale((shape.half_length_m, shape.half_width_m, 1.0)).translate((0, 0, 0.002))
        return [self._add_lit(shape.mesh), self._add_shadow(disc)]

    def _add_lit(self, mesh: Any) -> Any:
        actor = self._plotter.add_mesh(
            mesh, scalars="rgb", rgb=True, ambient=0.25 * self.room.ambient, diffuse=0.75,
            culling="back",
        )  # fmt: skip
        actor.prop.interpolation = "Phong"
        return actor

    def _add_shadow(self, mesh: Any) -> Any:
        return self._plotter.add_mesh(mesh, color=SHADOW_KEY, lighting=False)


def empty_room(room: Room, camera: Camera) -> Picture:
    """Picture (height, width, 3) uint8 of the room with nobody in it."""
    return np.ascontiguousarray(_still(room, camera, Furnisher.room)[:, :, :3])


def _still(room: Room, camera: Camera, furnish: Callable[[Furnisher], None]) -> Picture:
    """What does not move, on nothing (height, width, 4): taken at twice the size."""
    plotter = _studio(room, camera, 2)
    furnish(Furnisher(plotter, room, camera.side))
    picture = _read(plotter)
    plotter.close()
    size = (camera.width_px, camera.height_px)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _studio(room: Room, camera: Camera, scale: int) -> Any:
    """A plotter with the room's light and this camera, and nothing in it."""
    import pyvista

    size = [scale * camera.width_px, scale * camera.height_px]
    with pyvista.vtk_verbosity("off"):  # without a display VTK complains before it copes
        plotter = pyvista.Plotter(off_screen=True, window_size=size, lighting="none")
        plotter.disable_anti_aliasing()
    plotter.set_background("black")
    plotter.render_window.SetAlphaBitPlanes(1)
    light_up(plotter, room, camera.side)
    view, axes = plotter.camera, camera.axes()
    view.position = tuple(camera.position_m)
    view.focal_point = tuple(camera.position_m + axes[2])
    view.up = tuple(-axes[1])
    view.view_angle = camera.fov_deg
    view.clipping_range = CLIPPING_M
    return plotter


class _Layer:
    """A picture with alpha (colours already multiplied by it), cut to what there is to see."""

    def __init__(self, rgba: Picture, blur_px: float = 0.0) -> None:
        x, y, width, height = cv2.boundingRect(cv2.extractChannel(rgba, 3))
        margin = 3 if blur_px else 0
        self._where = np.s_[
            max(y - margin, 0) : y + height + margin, max(x - margin, 0) : x + width + margin
        ]
        cut = rgba[self._where]
        if cut.size and blur_px:  # what a lens does to the stairs along every edge
            cut = np.asarray(cv2.GaussianBlur(cut, (3, 3), blur_px), np.uint8)
        self._cut = cut

    def clear(self, shape: tuple[int, ...]) -> Array:
        """Share (0 to 1) of what lies below that is seen through it, for a whole picture (h, w)."""
        clear = np.ones(shape)
        if self._cut.size:
            clear[self._where] -= self._cut[:, :, 3] / 255
        return clear

    def over(self, picture: Picture) -> None:
        """Lay it over a picture, in place."""
        if self._cut.size:
            below = picture[self._where]
            clear = cv2.cvtColor(255 - cv2.extractChannel(self._cut, 3), cv2.COLOR_GRAY2RGB)
            colour = cv2.cvtColor(self._cut, cv2.COLOR_RGBA2RGB)
            picture[self._where] = cv2.add(colour, cv2.multiply(below, clear, scale=1 / 255))


def _read(plotter: Any) -> Picture:
    """Render, and return (height, width, 4)."""
    from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

    plotter.render_window.Render()
    width, height = plotter.window_size
    data = vtkUnsignedCharArray()
    plotter.render_window.GetRGBACharPixelData(0, 0, width - 1, height - 1, 0, data)
    return np.asarray(cv2.flip(np.asarray(data).reshape(height, width, 4), 0), np.uint8)
