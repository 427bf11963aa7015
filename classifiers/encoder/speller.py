"""A SentencePiece model of some of the base's pieces. Needed for training alone, with the package `protobuf`."""

import numpy as np
import numpy.typing as npt

from classifiers.encoder.base import Base

_SIGNS = ("<unk>", "<s>", "</s>")
_NORMAL, _UNKNOWN, _CONTROL = 1, 2, 3
_UNIGRAM = 1


def speller_of(base: Base, numbers: npt.NDArray[np.int64]) -> bytes:
    """SentencePiece's own format. `numbers` are the base's, of which the first three are the signs.

    In the model each piece has the number of its place there.
    """
    from sentencepiece import sentencepiece_model_pb2  # noqa: PLC0415 - needs protobuf, which nothing else here does

    model = sentencepiece_model_pb2.ModelProto()  # type: ignore[attr-defined]  # made at import
    kinds = (_UNKNOWN, _CONTROL, _CONTROL)
    for sign, kind in zip(_SIGNS, kinds, strict=True):
        model.pieces.add(piece=sign, score=0.0, type=kind)
    for number in numbers[len(_SIGNS) :].tolist():
        model.pieces.add(piece=base.pieces[number], score=float(base.scores[number]), type=_NORMAL)
    model.trainer_spec.model_type = _UNIGRAM
    model.trainer_spec.unk_id, model.trainer_spec.bos_id, model.trainer_spec.eos_id = range(len(_SIGNS))
    model.trainer_spec.pad_id = -1
    model.normalizer_spec.name = "identity"
    serialized: bytes = model.SerializeToString()
    return serialized
