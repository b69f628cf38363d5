"""Anny's body at rest, laid on its back: bones, skin, and the weights that tie them."""

from __future__ import annotations

import functools
import importlib.util
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from posecheck.core.records import Array, Side
from posecheck.errors import UsageError
from posecheck.synthetic.kinematics import turn

COMPRESSION_M = 0.018
BREATH = 0.015

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Phenotype:
    """Anny's description of a build, each 0 to 1 (gender 0 male, 1 female; age 0.67 an adult).

    ``lumbar_shares``: which part of a pelvic movement happens at the joints above spine03,
    spine04, spine05 and the root, from the chest down; they sum to 1. ``lordosis_m``: how far the
    low back can sink to the mat as the pelvis tilts; what a tilt asks beyond lifts the pelvis.
    """

    gender: float = 0.0
    age: float = 0.6
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    proportions: float = 0.6
    lumbar_shares: tuple[float, float, float, float] = (0.2, 0.3, 0.4, 0.1)
    lordosis_m: float = 0.2


def require_extra() -> None:
    """Raise UsageError unless what renders the subject is installed."""
    for package in ("anny", "torch", "pyvista"):
        if importlib.util.find_spec(package) is None:
            raise UsageError(
                f"The synthetic subject needs the extra ({package} is missing): "
                "uv sync --extra synthetic"
            )


@functools.cache
def _anny_model() -> Any:
    import anny

    return anny.Anny(pose_parameterization="world", skinning_method="lbs")


def bone_name(bone: str, side: Side | None) -> str:
    """Anny's name of a bone of one side."""
    return bone if side is None else f"{bone}.{side.value[0].upper()}"


class Rig:
    """The rest state of one build, in the body frame, metres.

    ``vertices``, ``normals`` (N, 3); ``faces`` (F, 3); ``coarse_faces`` are those of Anny's own
    mesh, whose vertices come first; ``heads`` (B, 3) are the bones' joints.
    """

    def __init__(self, phenotype: Phenotype) -> None:
        """Raises UsageError where the optional extra is not installed."""
        require_extra()
        import pyvista
        import torch

        model = _anny_model()
        build = {name: getattr(phenotype, name) for name in model.phenotype_labels}
        with torch.no_grad():
            rest = model(phenotype_kwargs=build, pose_parameterization="local-ref")
        lay_down = turn("x", -90)
        vertices = rest["rest_vertices"][0].numpy() @ lay_down.T
        self.heads: Array = rest["rest_bone_heads"][0].numpy() @ lay_down.T
        self.bones: list[str] = list(model.bone_labels)
        self.index = {name: i for i, name in enumerate(self.bones)}
        self._parents = [int(parent) for parent in model.bone_parents]

        # Twice the mesh resolution, so that clothes drawn on the vertices have crisp edges.
        coarse = pyvista.PolyData.from_regular_faces(vertices, model.faces.numpy())
        coarse.point_data["weights"] = model.dense_vertex_bone_weights.numpy()
        fine = coarse.subdivide(1, "linear").compute_normals(
            split_vertices=False, consistent_normals=False
        )
        self.coarse_faces: NDArray[np.int64] = coarse.regular_faces
        self.faces: NDArray[np.int64] = fine.regular_faces
        self.vertices: Array = np.asarray(fine.points, dtype=float)
        self.normals: Array = np.asarray(fine.point_data["Normals"], dtype=float)
        weights = np.asarray(fine.point_data["weights"])
        self._dominant = weights.argmax(axis=1)
        self._weights = csr_matrix(weights)
        chest = [self.index["spine01"], self.index["spine02"]]
        self._chest = np.asarray(self._weights[:, chest].sum(axis=1)).ravel()
        mat = self.vertices[self.of("root", "pelvis", "spine"), 2].min() + COMPRESSION_M
        self.vertices[:, 2] -= mat
        self.heads[:, 2] -= mat

    def of(self, *stems: str) -> Mask:
        """Mask (N,) of the vertices whose dominant bone's name starts with one of these."""
        carries = np.array([name.startswith(stems) for name in self.bones])
        return np.asarray(carries[self._dominant])

    def head(self, bone: str, side: Side | None = None) -> Array:
        """Rest position (3,) of a bone's joint."""
        return np.asarray(self.heads[self.index[bone_name(bone, side)]])

    def chain(self, moved: dict[str, Array]) -> Array:
        """(B, 4, 4) movement of every bone since rest; the unnamed ones follow their parent."""
        transforms = np.tile(np.eye(4), (len(self.bones), 1, 1))
        for i, (bone, parent) in enumerate(zip(self.bones, self._parents, strict=True)):
            if bone in moved:
                transforms[i] = moved[bone]
            elif parent >= 0:
                transforms[i] = transforms[parent]
        return transforms

    def skin(self, transforms: Array, breath: float) -> tuple[Array, Array]:
        """Posed vertices and unit normals, each (N, 3), pressed flat where they meet the mat."""
        blend = (self._weights @ transforms[:, :3].reshape(-1, 12)).reshape(-1, 3, 4)
        vertices = np.einsum("nij,nj->ni", blend[:, :, :3], self.vertices) + blend[:, :, 3]
        normals = np.einsum("nij,nj->ni", blend[:, :, :3], self.normals)
        vertices[:, 2] *= 1.0 + BREATH * breath * self._chest
        vertices[:, 2] = np.maximum(vertices[:, 2], 0.0)
        return vertices, normals / np.linalg.norm(normals, axis=1, keepdims=True)
