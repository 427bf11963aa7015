"""The encoder while it learns, in PyTorch: the base's weights stay, thin matrices beside them and the heads move.

Low-rank adaptation: Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models" (2021). What stays can be stored
in the four bits that it came in.
"""

import math

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from classifiers.encoder.base import Base
from classifiers.encoder.encoder import HEADS
from classifiers.encoder.network import HEAD_WIDTH, MATRICES
from classifiers.encoder.packed import Packed

WIDTH = 384
LONGEST = 96
"""Pieces of a post that are read, the two around it among them."""
_RANK = 16
_REACH = 2.0
"""How much the thin matrices count; a habit of the method, it only scales the learning rate."""
_DROPPED = 0.1
_NAMES = dict(zip(MATRICES, ("q", "k", "v", "ao", "fi", "fo"), strict=True))
"""What the base calls the matrices of a layer."""
_WIDE = 1536
_FROM = {"narrow": _WIDE}
_TO = {"wide": _WIDE}


class _Tuned(nn.Module):  # type: ignore[misc]  # PyTorch is not installed where types are checked
    """A linear map whose matrix stays, with a product of thin matrices beside it."""

    def __init__(self, base: Base, layer: int, name: str) -> None:
        super().__init__()
        self.packed = base.packed(f"l{layer}.{_NAMES[name]}.w", _FROM.get(name, WIDTH))
        self.register_buffer("whole", torch.tensor(self.packed.unpacked()))
        self.shift = nn.Parameter(torch.tensor(base.floats(f"l{layer}.{_NAMES[name]}.b")))
        columns, rows = _FROM.get(name, WIDTH), _TO.get(name, WIDTH)
        self.down = nn.Parameter(torch.randn(_RANK, columns) / math.sqrt(columns))
        self.up = nn.Parameter(torch.zeros(rows, _RANK))

    def forward(self, state: Tensor) -> Tensor:
        thin = functional.linear(functional.linear(state, self.down), self.up)
        return functional.linear(state, self.get_buffer("whole"), self.shift) + _REACH * thin

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        return {
            **_of_packed("", self.packed),
            ".shift": _half(self.shift),
            ".up": _half(self.up * _REACH),
            ".down": _half(self.down),
        }


class _Layer(nn.Module):  # type: ignore[misc]  # PyTorch is not installed where types are checked
    def __init__(self, base: Base, at: int) -> None:
        super().__init__()
        self.maps = nn.ModuleDict({name: _Tuned(base, at, name) for name in MATRICES})
        self.norm = _norm(base, f"l{at}.aln")
        self.last_norm = _norm(base, f"l{at}.oln")

    def forward(self, state: Tensor, there: Tensor) -> Tensor:
        posts, pieces, _ = state.shape

        def heads(name: str) -> Tensor:
            return self.maps[name](state).view(posts, pieces, -1, HEAD_WIDTH).transpose(1, 2)

        gathered = functional.scaled_dot_product_attention(
            heads("query"), heads("key"), heads("value"), attn_mask=there[:, None, None, :]
        )
        mixed = self.maps["mixed"](gathered.transpose(1, 2).reshape(posts, pieces, WIDTH))
        state = self.norm(state + functional.dropout(mixed, _DROPPED, self.training))
        bent = functional.gelu(self.maps["wide"](state), approximate="tanh")
        narrow = functional.dropout(self.maps["narrow"](bent), _DROPPED, self.training)
        return self.last_norm(state + narrow)

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        found = {f".{name}{part}": array for name in MATRICES for part, array in self.maps[name].arrays().items()}
        return {**found, **_of_norm(".norm", self.norm), **_of_norm(".last_norm", self.last_norm)}


class EncoderModule(nn.Module):  # type: ignore[misc]  # PyTorch is not installed where types are checked
    """The first `layers` layers of the base over some of its `pieces`, with a head for each answer and kind of text."""

    def __init__(self, base: Base, pieces: npt.NDArray[np.int64], *, layers: int, kinds: int) -> None:
        super().__init__()
        whole = base.packed("emb.word", WIDTH)
        self.packed = Packed(whole.nibbles[pieces], whole.scales[pieces])
        self.pieces = nn.Embedding.from_pretrained(torch.tensor(self.packed.unpacked()), freeze=True)
        places = base.floats("emb.pos").reshape(-1, WIDTH)[:LONGEST] + base.floats("emb.type")[:WIDTH]
        self.register_buffer("places", torch.tensor(places))
        self.norm = _norm(base, "emb.ln")
        self.layers = nn.ModuleList(_Layer(base, at) for at in range(layers))
        sizes = {"complaint": kinds, "gate": kinds, **HEADS}
        self.heads = nn.ModuleDict({name: nn.Linear(WIDTH, size) for name, size in sizes.items()})

    def forward(self, pieces: Tensor, there: Tensor) -> dict[str, Tensor]:
        """Scores of each head for a batch, "span" for each piece; `there` is false where a post has ended."""
        state = self.norm(self.pieces(pieces) + self.get_buffer("places")[: pieces.shape[1]])
        state = functional.dropout(state, _DROPPED, self.training)
        for layer in self.layers:
            state = layer(state, there)
        whole = (state * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        whole = functional.dropout(whole, _DROPPED, self.training)
        return {name: head(state if name == "span" else whole) for name, head in self.heads.items()}

    def arrays(self) -> dict[str, npt.NDArray[np.generic]]:
        """All weights as `Network` and `Encoder` take them, in half precision but for what is in four bits."""
        found = {**_of_packed("pieces", self.packed), "places": _half(self.get_buffer("places"))}
        found |= _of_norm("norm", self.norm)
        for at, layer in enumerate(self.layers):
            found |= {f"layer.{at}{name}": array for name, array in layer.arrays().items()}
        for name, head in self.heads.items():
            found |= {f"head.{name}": _half(head.weight), f"head.{name}.shift": _half(head.bias)}
        return found


def _norm(base: Base, name: str) -> nn.LayerNorm:
    norm = nn.LayerNorm(WIDTH, eps=1e-12)
    norm.weight.data = torch.tensor(base.floats(f"{name}.w"))
    norm.bias.data = torch.tensor(base.floats(f"{name}.b"))
    return norm


def _of_norm(name: str, norm: nn.LayerNorm) -> dict[str, npt.NDArray[np.generic]]:
    return {f"{name}.scale": _half(norm.weight), f"{name}.shift": _half(norm.bias)}


def _of_packed(name: str, packed: Packed) -> dict[str, npt.NDArray[np.generic]]:
    return {f"{name}.nibbles": packed.nibbles, f"{name}.scales": packed.scales}


def _half(tensor: Tensor) -> npt.NDArray[np.generic]:
    array: npt.NDArray[np.generic] = tensor.detach().numpy().astype(np.float16)
    return array
