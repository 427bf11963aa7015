"""The model file: a zip by skops that holds named types only, so that opening one runs no code of its maker's."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, BadZipFile

from sklearn.pipeline import Pipeline

from cases.errors import ModelError
from classifiers.companions import Companions, companions_from
from classifiers.drift import Reference, reference_from
from classifiers.facts import SHIPPED, name_of
from classifiers.second_look import SecondLook, second_look_from

FORMAT = 3
"""Raised whenever an older Amends could not use the file."""
_TRUSTED = frozenset(
    {
        "classifiers.experts.MixtureOfExperts",
        "classifiers.reading.read_each",
        "classifiers.reading.runs_of",
        "classifiers.reading.words_of",
        "classifiers.signals.signals",
    }
)
"""All that the file may name beside what skops itself holds to be safe."""
_PROBE = "where is my parcel"
_WAY_OUT = "install Amends again, or make a new one with `amends train`"


@dataclass(frozen=True, slots=True)
class Model:
    """A fitted pipeline, its operating point, and a name that changes with every training.

    `companions` is None where a model was fitted without posts that carry every label, `reference` where there were too
    few posts to tell by how posts usually look, `look` where the linear model judges alone.
    """

    pipeline: Pipeline
    threshold: float
    name: str
    companions: Companions | None = None
    reference: Reference | None = None
    look: SecondLook | None = None


def save_model(path: Path, model: Model) -> None:
    """Write the file whole or not at all. The name is not written: it follows from the content."""
    import skops.io  # noqa: PLC0415 - heavy

    content = {
        "amends_format": FORMAT,
        "pipeline": model.pipeline,
        "threshold": model.threshold,
        "companions": model.companions.as_content() if model.companions else None,
        "reference": model.reference.as_content() if model.reference else None,
        "look": model.look.as_content() if model.look else None,
    }
    beside = path.with_name(path.name + ".new")
    try:
        skops.io.dump(content, beside, compression=ZIP_DEFLATED)
        beside.replace(path)
    except OSError as error:
        raise ModelError(f"the model can't be written to {path}: {error}") from error


def load_model(path: Path = SHIPPED) -> Model:
    """Read a model file. Raises `ModelError`, with what to do, where it is missing, cut off, foreign or too new."""
    import skops.io  # noqa: PLC0415 - heavy
    from skops.io.exceptions import UntrustedTypesFoundException  # noqa: PLC0415

    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"there is no model file at {path}; {_WAY_OUT}") from error
    except OSError as error:
        raise ModelError(f"the model file {path} can't be read: {error}") from error
    try:
        content: Any = skops.io.loads(raw, trusted=sorted(_TRUSTED))
    except UntrustedTypesFoundException as error:
        raise ModelError(f"the model file {path} names types that are not allowed ({error}); {_WAY_OUT}") from error
    except BadZipFile as error:
        raise ModelError(f"the model file {path} is cut off or no model file; {_WAY_OUT}") from error
    except Exception as error:  # a damaged file fails anywhere inside the library, with any type
        raise ModelError(f"the model file {path} is damaged ({type(error).__name__}); {_WAY_OUT}") from error
    return _checked(content, path, name_of(raw))


def _checked(content: object, path: Path, name: str) -> Model:
    """The content if it is what `save_model` wrote."""
    if not isinstance(content, dict) or not isinstance(content.get("amends_format"), int):
        raise ModelError(f"{path} is a skops file, but not a complaint model of Amends; {_WAY_OUT}")
    if content["amends_format"] > FORMAT:
        raise ModelError(f"the model file {path} was made by a newer Amends; update Amends, or {_WAY_OUT}")
    if content["amends_format"] < FORMAT:
        raise ModelError(f"the model file {path} was made by an older Amends, whose models judge otherwise; {_WAY_OUT}")
    pipeline, threshold = content.get("pipeline"), content.get("threshold")
    if not isinstance(pipeline, Pipeline) or not isinstance(threshold, float):
        raise ModelError(f"the model file {path} lacks its pipeline or its threshold; {_WAY_OUT}")
    try:
        chance = float(pipeline.predict_proba([_PROBE])[0, 1])
    except Exception as error:  # a pipeline of allowed types may still hold anything
        raise ModelError(f"the pipeline in {path} can't judge a post ({type(error).__name__}); {_WAY_OUT}") from error
    if not 0.0 <= chance <= 1.0:
        raise ModelError(f"the pipeline in {path} gives no probability; {_WAY_OUT}")
    companions, reference, look = content.get("companions"), content.get("reference"), content.get("look")
    return Model(
        pipeline,
        threshold,
        name,
        companions_from(companions) if companions is not None else None,
        reference_from(reference) if reference is not None else None,
        second_look_from(look) if look is not None else None,
    )
