"""A CloudFormation template as plain data: `!Ref X` is `{"Ref": "X"}`, as in its JSON form. It resolves nothing."""

from pathlib import Path
from typing import Any, Final

import yaml

TEMPLATE: Final = Path(__file__).with_name("template.yaml")
REPOSITORY: Final = Path(__file__).with_name("repository.yaml")

Template = dict[str, Any]


class _Loader(yaml.CSafeLoader):
    """CloudFormation's short forms, and no key said twice: YAML would take the last one without an error.

    By libyaml, which reads a template in 0.03 s where Python takes 0.2 s.
    """


def read(path: Path = TEMPLATE) -> Template:
    """The template's content. Raises: yaml.YAMLError, also for a key that stands twice."""
    template: Template = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506  (a CSafeLoader's child)
    return template


def _short_form(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.MappingNode):
        return {name: loader.construct_mapping(node, deep=True)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    value = loader.construct_scalar(node)  # type: ignore[arg-type]  # nothing else is left
    return {name: value.split(".", 1) if suffix == "GetAtt" else value}


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Any, Any]:
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise yaml.MarkedYAMLError(problem=f"twice: {', '.join(sorted(map(str, twice)))}", problem_mark=node.start_mark)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _short_form)
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
