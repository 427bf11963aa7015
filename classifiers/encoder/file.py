"""The encoder's file: a zip by skops that holds arrays and names alone."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile

import numpy as np

from cases.errors import ModelError
from classifiers.complaint import POSTS
from classifiers.encoder.encoder import Encoder
from classifiers.encoder.network import Arrays

FORMAT = 1
"""Raised whenever an older Amends could not use the file."""
SHIPPED = Path(__file__).with_name("encoder.skops")
_WAY_OUT = "install Amends again"


def save_encoder(path: Path, arrays: Arrays, speller: bytes, kinds: list[str]) -> None:
    """Write the file whole or not at all. Raises `ModelError`."""
    import skops.io  # noqa: PLC0415 - heavy

    content = {
        "amends_encoder": FORMAT,
        "arrays": dict(arrays),
        "speller": np.frombuffer(speller, np.uint8),
        "kinds": kinds,
    }
    beside = path.with_name(path.name + ".new")
    try:
        skops.io.dump(content, beside, compression=ZIP_DEFLATED, compresslevel=9)
        beside.replace(path)
    except OSError as error:
        raise ModelError(f"the encoder can't be written to {path}: {error}") from error


def load_encoder(path: Path = SHIPPED) -> Encoder:
    """Read an encoder. Raises `ModelError`, with what to do, where it is missing, cut off, foreign or too new."""
    import skops.io  # noqa: PLC0415 - heavy
    from skops.io.exceptions import UntrustedTypesFoundException  # noqa: PLC0415

    try:
        content = skops.io.load(path, trusted=[])
    except OSError as error:
        raise ModelError(f"the encoder {path} can't be read: {error}; {_WAY_OUT}") from error
    except UntrustedTypesFoundException as error:
        raise ModelError(f"the encoder {path} names types that are not allowed ({error}); {_WAY_OUT}") from error
    except BadZipFile as error:
        raise ModelError(f"the encoder {path} is cut off or no model file; {_WAY_OUT}") from error
    except Exception as error:  # a damaged file fails anywhere inside the library, with any type
        raise ModelError(f"the encoder {path} is damaged ({type(error).__name__}); {_WAY_OUT}") from error
    if not isinstance(content, dict) or not isinstance(content.get("amends_encoder"), int):
        raise ModelError(f"{path} is a skops file, but no encoder of Amends; {_WAY_OUT}")
    if content["amends_encoder"] != FORMAT:
        raise ModelError(f"the encoder {path} is of another version of Amends; {_WAY_OUT}")
    try:
        encoder = Encoder(content["arrays"], content["speller"].tobytes(), content["kinds"], favourite=POSTS)
        encoder.read("where is my parcel", [])
    except Exception as error:  # wrong shapes and garbled pieces fail in NumPy and SentencePiece, with any type
        raise ModelError(f"the encoder {path} holds weights that don't work together; {_WAY_OUT}") from error
    return encoder
