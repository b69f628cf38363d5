"""The room: floor, wall, mat, light, and the things that stand about in it. Nothing here moves.

Body frame, metres. ``side`` is the camera's: 1 when it stands on the person's left, else -1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from posecheck.core.records import Array
from posecheck.synthetic.dress import Rgb
from posecheck.synthetic.surfaces import GROUNDS, plaster

Ground = Literal["planks", "carpet", "plain"]
MAT_SIZE_M = (0.66, 1.95)
MAT_THICKNESS_M = 0.012
WALL_M = 1.5
SOFA_DEPTH_M = 0.85
WINDOW_M = (-1.25, -0.15, 0.5, 1.9)
"""From and to along the wall, sill and top."""
BAG_Y_M = -0.62


@dataclass(frozen=True, slots=True)
class Room:
    """Colours, light and furniture of the room.

    ``light`` 1 is a bright room, 0.4 a dim one, 0.15 a dark evening. ``window`` puts a bright
    window in the back wall, whose daylight does not depend on ``light``. ``clutter`` small things
    stand about, none between camera and body. ``front`` puts a bag before the near edge of the
    mat, which hides part of the lower legs. Without ``mat`` the body lies on the floor.
    """

    mat: Rgb | None = (92, 128, 104)
    floor: Rgb = (176, 142, 104)
    wall: Rgb = (214, 208, 196)
    light: float = 1.0
    seed: int = 0
    sun_m: tuple[float, float, float] = (0.9, 0.8, 2.6)
    ground: Ground = "planks"
    window: bool = False
    sofa: bool = False
    clutter: int = 0
    front: bool = False

    @property
    def floor_m(self) -> float:
        """Height of the floor; the body lies at 0."""
        return 0.0 if self.mat is None else -MAT_THICKNESS_M

    @property
    def back_m(self) -> float:
        """Distance of the back wall from the middle of the body; a sofa needs a deeper room."""
        return WALL_M + (SOFA_DEPTH_M if self.sofa else 0.0)

    @property
    def ambient(self) -> float:
        """Light from everywhere, as a share of that of a bright room."""
        return 0.8 * self.light + 0.1 if self.window else self.light

    def lamps(self, side: int) -> list[tuple[tuple[float, float, float], float]]:
        """Position and strength of every light."""
        x, y, z = self.sun_m
        share = 0.6 * self.light if self.window else self.light
        lamps = [
            ((side * x, y, z), 0.75 * share),
            ((side * 3.0, -1.5, 1.6), 0.35 * share),
            ((side * 0.5, 3.0, 2.0), 0.2 * share),
        ]
        if self.window:
            lamps.append(((-side * self.back_m, np.mean(WINDOW_M[:2]), 1.3), 0.9))
        return lamps


def light_up(plotter: Any, room: Room, side: int) -> None:
    """Set up the lights of the room in a plotter that has none."""
    import pyvista

    for position, strength in room.lamps(side):
        plotter.add_light(
            pyvista.Light(position=position, focal_point=(0, 0, 0), intensity=strength)
        )


class Furnisher:
    """Puts the room, or what stands in front of the body, into a pyvista plotter."""

    def __init__(self, plotter: Any, room: Room, side: int) -> None:
        import pyvista

        self._pyvista, self._plotter = pyvista, plotter
        self._room, self._side = room, side
        self._rng = np.random.default_rng(room.seed)

    def room(self) -> None:
        """Everything that the body may hide."""
        room, back = self._room, -self._room.back_m
        across, along = MAT_SIZE_M[0] / 2, MAT_SIZE_M[1] / 2
        if room.mat is not None:
            self._box((-across, across, -along, along, room.floor_m, 0.0), room.mat)
        floor = GROUNDS[room.ground](room.floor, self._rng)
        self._plane((0, 0, room.floor_m), (0, 0, 1), 7.0, 9.0, floor)
        wall = plaster(room.wall, self._rng)
        self._plane((back, 0, 2.0), (1, 0, 0), 4.0, 9.0, wall)
        for end in (-4.5, 4.5):
            self._plane((0, end, 2.0), (0, 1, 0), 4.0, 7.0, wall)
        self._box((back, back + 0.02, -4.5, 4.5, room.floor_m, 0.09), (240, 238, 232))
        self._box((back, back + 0.03, 0.35, 0.95, 0.75, 1.2), (70, 52, 40))
        self._box((back, back + 0.035, 0.4, 0.9, 0.8, 1.15), (196, 170, 120))
        if room.window:
            self._window()
        if room.sofa:
            self._sofa()
        self._clutter()
        if room.front:
            self._shadow(0.5, BAG_Y_M, 0.13, 0.23)

    def front(self) -> None:
        """What hides a part of the body."""
        if self._room.front:
            colour, handle, y = (96, 72, 58), (52, 40, 34), BAG_Y_M
            self._soft((0.5, y, self._room.floor_m + 0.1), (0.11, 0.2, 0.1), colour)
            loop = self._pyvista.ParametricTorus(ringradius=0.075, crosssectionradius=0.01)
            self._add(self._placed(loop.rotate_y(90), (0.5, y, 0.19)), handle)

    def _window(self) -> None:
        back, (left, right, sill, top) = -self._room.back_m, WINDOW_M
        self._box((back, back + 0.02, left, right, sill, top), (250, 252, 255), lit=False)
        middle, rail = (left + right) / 2, (sill + top) / 2
        for bounds in (
            (left - 0.06, left, sill - 0.06, top), (right, right + 0.06, sill - 0.06, top),
            (left, right, sill - 0.06, sill), (left, right, rail - 0.02, rail + 0.02),
            (middle - 0.02, middle + 0.02, sill, top),
        ):  # fmt: skip
            self._box((back, back + 0.05, *bounds), (236, 234, 228))
        patch = ((back + 0.35, left - 0.1), (back + 0.35, right - 0.1), (-0.45, right + 0.2),
                 (-0.45, left + 0.1))  # fmt: skip
        points = [(x, y, self._room.floor_m + 0.001) for x, y in patch]
        quad = self._pyvista.PolyData.from_regular_faces(
            self._mirrored(np.array(points)), np.array([[0, 1, 2, 3]])
        )
        self._plotter.add_mesh(quad, color=(255, 250, 235), opacity=0.3, lighting=False)

    def _sofa(self) -> None:
        back, floor = -self._room.back_m + 0.05, self._room.floor_m
        left = float(self._rng.uniform(-1.9, 0.1))
        cloth = self._colour(60, 190)
        lighter = self._shade(cloth, 1.12)
        front = back + SOFA_DEPTH_M - 0.08
        self._shadow((back + front) / 2, left + 0.95, 0.55, 1.15)
        self._box((back, front, left, left + 1.9, floor + 0.06, 0.28), cloth)
        self._soft((back + 0.12, left + 0.95, 0.45), (0.13, 0.95, 0.33), cloth)
        for arm in (left + 0.08, left + 1.82):
            self._soft(((back + front) / 2, arm, 0.32), (SOFA_DEPTH_M / 2 - 0.03, 0.1, 0.26), cloth)
        for seat in (left + 0.54, left + 1.36):
            self._soft(((back + front) / 2 + 0.06, seat, 0.34), (0.33, 0.4, 0.1), lighter)
        place = (back + 0.36, left + float(self._rng.uniform(0.4, 1.5)), 0.58)
        self._soft(place, (0.08, 0.2, 0.2), self._colour(40, 230), 0.5)

    def _clutter(self) -> None:
        """Small things by the wall, beyond the feet or beyond the head."""
        things = (self._carton, self._bottle, self._ball, self._plant, self._lamp, self._books)
        first = int(self._rng.integers(len(things)))
        for number in range(self._room.clutter):
            if number % 3 == 2:
                x = self._rng.uniform(-0.9, -0.15)
                y = self._rng.choice([-1, 1]) * self._rng.uniform(1.3, 1.9)
            else:
                x = self._rng.uniform(-1.3, -0.75)
                y = self._rng.uniform(-2.0, 2.0)
            things[(first + number) % len(things)](float(x), float(y))

    def _carton(self, x: float, y: float) -> None:
        a, b, c = self._rng.uniform(0.1, 0.22, 3)
        self._shadow(x, y, a * 1.3, b * 1.3)
        floor = self._room.floor_m
        self._box((x - a, x + a, y - b, y + b, floor, floor + 2 * c), self._colour(90, 210))

    def _bottle(self, x: float, y: float) -> None:
        colour = self._colour(30, 230)
        self._shadow(x, y, 0.07, 0.07)
        self._pole(x, y, 0.0, 0.2, 0.036, colour)
        self._pole(x, y, 0.2, 0.26, 0.015, self._shade(colour, 0.6))

    def _ball(self, x: float, y: float) -> None:
        radius = float(self._rng.uniform(0.05, 0.3))
        self._shadow(x, y, 0.8 * radius, 0.8 * radius)
        self._soft(
            (x, y, self._room.floor_m + radius),
            (radius, radius, radius),
            self._colour(40, 240),
            round_=1.0,
        )

    def _plant(self, x: float, y: float) -> None:
        self._shadow(x, y, 0.2, 0.2)
        self._pole(x, y, 0.0, 0.22, 0.13, self._colour(90, 220))
        for _ in range(14):
            leaf = self._pyvista.ParametricEllipsoid(0.05, 0.012, 0.24).translate((0, 0, 0.22))
            tilt, turn = self._rng.uniform(5, 55), self._rng.uniform(0, 360)
            leaf = leaf.rotate_y(tilt).rotate_z(turn)
            green = (int(self._rng.integers(30, 80)), int(self._rng.integers(90, 150)), 50)
            self._add(self._placed(leaf, (x, y, 0.2)), green)

    def _lamp(self, x: float, y: float) -> None:
        self._shadow(x, y, 0.2, 0.2)
        self._pole(x, y, 0.0, 0.03, 0.14, (60, 60, 62))
        self._pole(x, y, 0.0, 1.4, 0.012, (60, 60, 62))
        shade = self._pyvista.Cone(
            direction=(0, 0, 1), height=0.5, radius=0.24, resolution=40, capping=False
        )
        self._add(self._placed(shade.clip("z", origin=(0, 0, 0.06)), (x, y, 1.45)), (236, 222, 190))

    def _books(self, x: float, y: float) -> None:
        self._shadow(x, y, 0.15, 0.19)
        top = self._room.floor_m
        for _ in range(int(self._rng.integers(2, 6))):
            thick, dx, dy = self._rng.uniform((0.02, -0.02, -0.02), (0.05, 0.02, 0.02))
            bounds = (x - 0.1 + dx, x + 0.1 + dx, y - 0.14 + dy, y + 0.14 + dy, top, top + thick)
            self._box(bounds, self._colour(40, 220))
            top += thick

    def _colour(self, low: int, high: int) -> Rgb:
        red, green, blue = (int(value) for value in self._rng.integers(low, high, 3))
        return red, green, blue

    def _shade(self, colour: Rgb, gain: float) -> Rgb:
        red, green, blue = (min(int(gain * value), 255) for value in colour)
        return red, green, blue

    def _mirrored(self, points: Array) -> Array:
        """The room is described for a camera at the left; for one at the right x changes sign."""
        return points * [self._side, 1.0, 1.0]

    def _placed(self, mesh: Any, place: tuple[float, float, float]) -> Any:
        x, y, z = place
        return mesh.translate((self._side * x, y, z))

    def _box(self, bounds_m: tuple[float, ...], colour: Rgb, lit: bool = True) -> None:
        first, second, *rest = bounds_m
        across = sorted((self._side * first, self._side * second))
        self._add(self._pyvista.Box(bounds=(*across, *rest)), colour, lit)

    def _soft(
        self,
        centre: tuple[float, float, float],
        half: tuple[float, float, float],
        colour: Rgb,
        round_: float = 0.3,
    ) -> None:
        shape = self._pyvista.Superquadric(
            theta_roundness=round_, phi_roundness=round_, theta_resolution=40, phi_resolution=40
        )
        shape.points *= np.array(half) / np.abs(shape.points).max(axis=0)
        self._add(self._placed(shape.compute_normals(auto_orient_normals=True), centre), colour)

    def _pole(self, x: float, y: float, low: float, high: float, radius: float, c: Rgb) -> None:
        floor = self._room.floor_m
        pole = self._pyvista.Cylinder(direction=(0, 0, 1), radius=radius, height=high - low)
        self._add(self._placed(pole, (x, y, floor + (low + high) / 2)), c)

    def _shadow(self, x: float, y: float, across: float, along: float) -> None:
        """The dark under a thing that stands on the floor."""
        for number, size in enumerate((1.0, 1.2, 1.4)):
            disc = self._pyvista.Disc(inner=0.0, outer=1.0, c_res=40)
            disc = disc.scale((across * size, along * size, 1.0))
            place = (x, y, self._room.floor_m + 0.002 + 0.0005 * number)
            self._plotter.add_mesh(
                self._placed(disc, place), color="black", opacity=0.16, lighting=False
            )

    def _add(self, mesh: Any, colour: Rgb, lit: bool = True) -> None:
        ambient, diffuse = (0.35 * self._room.ambient, 0.65) if lit else (0.0, 1.0)
        self._plotter.add_mesh(mesh, color=colour, ambient=ambient, diffuse=diffuse, lighting=lit)

    def _plane(
        self,
        centre: tuple[float, ...],
        normal: tuple[int, ...],
        width: float,
        length: float,
        picture: NDArray[np.uint8],
    ) -> None:
        x, y, z = centre
        plane = self._pyvista.Plane(
            center=(self._side * x, y, z), direction=normal, i_size=width, j_size=length,
            i_resolution=1, j_resolution=1,
        )  # fmt: skip
        texture = self._pyvista.Texture(picture)
        texture.interpolate = True
        texture.mipmap = True
        self._plotter.add_mesh(
            plane, texture=texture, ambient=0.5 * self._room.ambient, diffuse=0.65
        )
