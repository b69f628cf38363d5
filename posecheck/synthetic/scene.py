"""The room, the camera and the picture: mat, floor, wall and light around a posed rig."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import Array
from posecheck.synthetic.body import PosedBody
from posecheck.synthetic.dress import Outfit, Rgb, dress
from posecheck.synthetic.rig import Rig


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
        focal = self.height_px / 2 / np.tan(np.radians(self.fov_deg) / 2)
        centre = np.array([self.width_px, self.height_px]) / 2
        return np.asarray(focal * seen[..., :2] / seen[..., 2:] + centre)


@dataclass(frozen=True, slots=True)
class Room:
    """Colours and light of the room. ``light`` 1 is a bright room, 0.4 a dim one."""

    mat: Rgb = (92, 128, 104)
    floor: Rgb = (176, 142, 104)
    wall: Rgb = (214, 208, 196)
    light: float = 1.0
    seed: int = 0
    sun_m: tuple[float, float, float] = field(default=(0.9, 0.8, 2.6))


MAT_SIZE_M = (0.66, 1.95)
MAT_THICKNESS_M = 0.012


class Scene:
    """Renders one subject in one room with one camera; a context manager."""

    def __init__(self, rig: Rig, outfit: Outfit, room: Room, camera: Camera) -> None:
        import pyvista

        self._pyvista = pyvista
        self.room, self.camera = room, camera
        with pyvista.vtk_verbosity("off"):  # without a display VTK complains before it copes
            self._plotter = pyvista.Plotter(
                off_screen=True, window_size=[camera.width_px, camera.height_px], lighting="none"
            )
            self._plotter.disable_anti_aliasing()
        # Four samples a pixel double the time; pyvista itself would refuse this cheaper way.
        self._plotter.renderer.UseFXAAOn()
        self._plotter.set_background(room.wall)
        self._furnish()
        self._light()
        self._aim()
        rgb, self._stand_off = dress(rig, outfit)
        self._skin = pyvista.PolyData.from_regular_faces(rig.vertices, rig.faces)
        self._skin.point_data["rgb"] = rgb
        self._skin.point_data.active_normals = rig.normals.astype(np.float32)
        skin = self._plotter.add_mesh(
            self._skin, scalars="rgb", rgb=True, ambient=0.25, diffuse=0.75, culling="back"
        )
        skin.prop.interpolation = "Phong"
        coarse = rig.vertices[: rig.coarse_faces.max() + 1]
        self._shadow = pyvista.PolyData.from_regular_faces(coarse, rig.coarse_faces)
        dark = tuple(int(0.68 * c) for c in room.mat)
        self._plotter.add_mesh(self._shadow, color=dark, lighting=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._plotter.close()

    def render(self, posed: PosedBody) -> NDArray[np.uint8]:
        """Picture (height, width, 3) uint8 of the posed body, red first."""
        points = posed.vertices_m + self._stand_off[:, None] * posed.normals
        points[:, 2] = np.maximum(points[:, 2], 0.0)
        self._skin.points = points
        self._skin.point_data.active_normals = posed.normals.astype(np.float32)
        self._shadow.points = self._cast(points[: self._shadow.n_points])
        self._plotter.render()
        picture = self._plotter.screenshot(return_img=True)
        return np.ascontiguousarray(picture[:, :, :3])

    def _cast(self, points_m: Array) -> Array:
        """The body's shadow on the mat, straight from the lamp."""
        lamp = np.array(self.room.sun_m) * [self.camera.side, 1.0, 1.0]
        reach = lamp[2] / (lamp[2] - points_m[:, 2:])
        shadow = lamp + (points_m - lamp) * reach
        shadow[:, 2] = 0.001
        return np.asarray(shadow)

    def _light(self) -> None:
        side, light = self.camera.side, self.room.light
        x, y, z = self.room.sun_m
        for position, strength in (
            ((side * x, y, z), 0.75),
            ((side * 3.0, -1.5, 1.6), 0.35),
            ((side * 0.5, 3.0, 2.0), 0.2),
        ):
            self._plotter.add_light(
                self._pyvista.Light(
                    position=position, focal_point=(0, 0, 0), intensity=strength * light
                )
            )

    def _aim(self) -> None:
        view = self._plotter.camera
        right_down_forward = self.camera.axes()
        view.position = tuple(self.camera.position_m)
        view.focal_point = tuple(self.camera.position_m + right_down_forward[2])
        view.up = tuple(-right_down_forward[1])
        view.view_angle = self.camera.fov_deg
        view.clipping_range = (0.1, 20.0)

    def _furnish(self) -> None:
        rng = np.random.default_rng(self.room.seed)
        back = -self.camera.side * 1.5
        across, along = MAT_SIZE_M[0] / 2, MAT_SIZE_M[1] / 2
        floor = -MAT_THICKNESS_M
        self._box((-across, across, -along, along, floor, 0.0), self.room.mat)
        self._plane((0, 0, floor), (0, 0, 1), 7.0, 9.0, _planks(self.room.floor, rng))
        self._plane((back, 0, 2.0), (1, 0, 0), 4.0, 9.0, _plaster(self.room.wall, rng))
        rim = sorted((back, back + self.camera.side * 0.02))
        self._box((*rim, -4.5, 4.5, floor, 0.09), (240, 238, 232))
        frame = sorted((back, back + self.camera.side * 0.03))
        self._box((*frame, 0.35, 0.95, 0.75, 1.2), (70, 52, 40))
        canvas = sorted((back, back + self.camera.side * 0.035))
        self._box((*canvas, 0.4, 0.9, 0.8, 1.15), (196, 170, 120))

    def _box(self, bounds_m: tuple[float, ...], colour: Rgb) -> None:
        self._plotter.add_mesh(
            self._pyvista.Box(bounds=bounds_m), color=colour, ambient=0.35, diffuse=0.65
        )

    def _plane(
        self,
        centre: tuple[float, ...],
        normal: tuple[int, ...],
        width: float,
        length: float,
        picture: NDArray[np.uint8],
    ) -> None:
        plane = self._pyvista.Plane(
            center=centre,
            direction=normal,
            i_size=width,
            j_size=length,
            i_resolution=1,
            j_resolution=1,
        )
        texture = self._pyvista.Texture(picture)
        texture.interpolate = True
        texture.mipmap = True
        self._plotter.add_mesh(plane, texture=texture, ambient=0.5, diffuse=0.65)


def _tint(colour: Rgb, shade: Array) -> NDArray[np.uint8]:
    return np.clip(np.asarray(colour) * shade[..., None], 0, 255).astype(np.uint8)


def _planks(colour: Rgb, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A floor of boards, each of its own shade, with grain and dark joints."""
    boards, size = 48, 1536
    row = np.arange(size) * boards // size
    shade = rng.normal(1.0, 0.06, boards)[row][:, None] * np.ones((1, size))
    shade *= 1.0 + 0.03 * np.repeat(rng.normal(size=(size, size // 32)), 32, axis=1)
    shade[np.flatnonzero(np.diff(row))] *= 0.7
    return _tint(colour, shade)


def _plaster(colour: Rgb, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A painted wall: slow stains and a little roughness."""
    size = 512
    slow = np.kron(rng.normal(size=(8, 8)), np.ones((64, 64)))
    kernel = np.hanning(129) / np.hanning(129).sum()
    for axis in (0, 1):
        slow = np.apply_along_axis(np.convolve, axis, slow, kernel, mode="same")
    return _tint(colour, 1.0 + 0.03 * slow + 0.012 * rng.normal(size=(size, size)))
