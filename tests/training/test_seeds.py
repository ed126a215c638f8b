"""The spread over seeds, from records whose figures are known."""

import json

from training.seeds import FIGURES, main


def record(value):
    """What `training.evaluate` writes of a checkpoint, as far as it is read, with the same value everywhere."""
    made = {"processor": "a processor, 2 CPUs, AVX2"}
    for path in FIGURES.values():
        place = made
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = value
    return made


def written(tmp_path, *records):
    paths = [tmp_path / f"{number}.json" for number in range(len(records))]
    for path, each in zip(paths, records, strict=True):
        path.write_text(json.dumps(each))
    return [str(path) for path in paths]


def test_each_figure_has_its_mean_and_its_sample_standard_deviation(tmp_path, capsys):
    main(written(tmp_path, record(0.6), record(0.7), record(0.8)))

    measured_on, *lines = capsys.readouterr().out.splitlines()
    assert measured_on == "a processor, 2 CPUs, AVX2"
    assert [line.split("  ")[0] for line in lines] == list(FIGURES)
    assert all(line.endswith(" 70.00 ± 10.00 %  seeds = 3") for line in lines)
