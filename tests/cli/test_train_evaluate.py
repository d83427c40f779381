"""A model of one's own from the command line: train, evaluate, models."""

from __future__ import annotations

import json

import pytest

SPORTS = ("球队主场获胜", "前锋头球破门", "教练布置战术", "门将扑出点球", "联赛积分榜更新")
WEATHER = ("冷空气南下降温", "暴雨预警发布", "气温逐步回升", "台风登陆沿海", "雾霾天气减弱")


def records(path, *, several: bool, broken: int = 0):
    """Write labelled records of two plain kinds, and some that are broken."""
    with path.open("w", encoding="utf-8") as file:
        for n in range(40):
            for label, texts in (("sports", SPORTS), ("weather", WEATHER)):
                text = f"{texts[n % 5]}，{texts[(n + 2) % 5]}，第{n}期，{texts[(n * 3 + 1) % 5]}。"
                labels = {"topics": [label]} if several else {"label": label}
                record = {"id": f"{label}-{n}", "text": text, **labels}
                file.write(json.dumps(record, ensure_ascii=False) + "\n")
        file.write("{broken\n" * broken)
    return path


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A place for data and models."""
    return tmp_path_factory.mktemp("own")


def test_train_evaluate_and_predict_one_label(pdclassify, folder):
    """Records with a label make a model that gives every text exactly one."""
    data, model = records(folder / "one.jsonl", several=False), folder / "one"
    ran = pdclassify("train", data, "-o", model)
    assert (ran.code, ran.err) == (0, "")
    assert "Out of fold: macro-F1" in ran.out
    assert str(model) in ran.out
    ran = pdclassify("evaluate", data, "--model", model, "--format", "json")
    assert (ran.code, ran.err) == (0, "")
    (found,) = ran.lines
    assert {"accuracy", "macro_f1", "micro_f1", "per_topic", "n"} <= set(found)
    assert found["n"] == 80
    assert found["accuracy"] > 0.95
    assert 0 <= found["ece"] < 0.2
    lines = pdclassify("predict", data, "--model", model).lines
    assert all(len(line["topics"]) == 1 for line in lines)
    refused = pdclassify("predict", data, "--model", model, "--threshold", "sports=.5")
    assert refused.code == 2
    assert "no effect" in refused.err


def test_train_several_topics_and_say_how_again(pdclassify, folder):
    """Records with lists of topics make a multi-label model; its card says how to make it again."""
    data, model = records(folder / "several.jsonl", several=True), folder / "several"
    ran = pdclassify("train", data, "-o", model, "--operating-point", "precision:0.9")
    assert (ran.code, ran.err) == (0, "")
    card = (model / "MODEL_CARD.md").read_text("utf-8")
    command = f"python -m pdclassify train {data} --output {model} --operating-point precision:0.9"
    assert command in card
    found = json.loads(pdclassify("evaluate", data, "--model", model, "--format", "json").out)
    assert found["ece"] >= 0


def test_evaluate_prints_tables(pdclassify, folder):
    """The table has intervals, calibration by tenths, what is taken for what, and lengths."""
    data, model = records(folder / "tables.jsonl", several=True), folder / "tables"
    pdclassify("train", data, "-o", model)
    printed = pdclassify("evaluate", data, "--model", model).out
    for words in ("95 % interval", "average precision", "true: sports", "90 to 100 %", "length"):
        assert words in printed
    assert "labelled \\ predicted" in printed


def test_odd_data_are_said(pdclassify, folder):
    """Empty texts and contradictory labels are told of when training ends, and in the card."""
    data = records(folder / "odd.jsonl", several=False)
    same = {"id": "x", "text": "球队主场获胜"}
    with data.open("a", encoding="utf-8") as file:
        for record in (
            {**same, "label": "sports"},
            {**same, "label": "weather"},
            {"id": "y", "text": "", "label": "sports"},
        ):
            file.write(json.dumps(record) + "\n")
    ran = pdclassify("train", data, "-o", folder / "odd")
    assert ran.code == 0
    for note in ("Empty documents, left out: 1.", "different labels: 1; 'x', for one."):
        assert note in ran.out
        assert note in (folder / "odd" / "MODEL_CARD.md").read_text("utf-8")


def test_the_labelled_example_teaches_its_topics(pdclassify, examples, folder):
    """The records that come along make a model that knows their three topics elsewhere."""
    model = folder / "example"
    assert pdclassify("train", examples / "labelled.jsonl", "-o", model).code == 0
    texts = (
        ("farming", "麦田里的收割机开到半夜，合作社的粮仓又满了一间。"),
        ("school", "班主任把新学期的课表贴在教室门口，学生们围着看体育课排在哪天。"),
        ("sport", "客队在最后一分钟扳平比分，守门员赛后说这场平局来得不易。"),
    )
    lines = "".join(json.dumps({"text": text, "label": label}) + "\n" for label, text in texts)
    ran = pdclassify("predict", "-", "--model", model, stdin=lines.encode())
    assert [line["topics"] for line in ran.lines] == [[topic] for topic, _ in texts]
    ran = pdclassify("evaluate", "-", "--model", model, stdin=lines.encode())
    assert "trained on these" not in ran.out


def test_evaluating_on_what_was_learned_is_said(pdclassify, examples, folder):
    """Figures of the training records themselves come with a warning; a model's card has better."""
    data, model = examples / "labelled.jsonl", folder / "remembers"
    assert pdclassify("train", data, "-o", model).code == 0
    assert "trained on these very records" in pdclassify("evaluate", data, "--model", model).out
    ran = pdclassify("evaluate", data, "--model", model, "--format", "json")
    assert ran.lines[0]["trained_on"] is True


def test_evaluate_writes_what_was_wrong(pdclassify, folder, tmp_path):
    """--errors holds the records that were predicted wrongly, with what was expected."""
    data, model = records(folder / "right.jsonl", several=False), folder / "right"
    assert pdclassify("train", data, "-o", model).code == 0
    lines = [json.loads(line) for line in data.read_text("utf-8").splitlines()]
    lines[0]["label"] = "weather"
    wrong = tmp_path / "wrong.jsonl"
    wrong.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    errors = tmp_path / "errors.jsonl"
    ran = pdclassify("evaluate", wrong, "--model", model, "--errors", errors)
    assert (ran.code, ran.err) == (0, "")
    assert "macro_f1" in ran.out
    found = [json.loads(line) for line in errors.read_text("utf-8").splitlines()]
    first = next(line for line in found if line["id"] == "sports-0")
    assert (first["expected"], first["topics"]) == (["weather"], ["sports"])
    assert first["text"] == lines[0]["text"]


def test_train_on_partly_broken_data(pdclassify, folder):
    """Broken records are named and left out, the model is made, the exit code is 1."""
    data = records(folder / "broken.jsonl", several=False, broken=3)
    ran = pdclassify("train", data, "-o", folder / "broken")
    assert ran.code == 1
    assert ran.err.count("\n") == 3
    assert "80 documents" in ran.out


def test_records_without_a_label_are_left_out(pdclassify, folder, tmp_path):
    """A record that has no label is told with its place and left out, and the exit code is 1."""
    data = records(tmp_path / "some.jsonl", several=False)
    with data.open("a", encoding="utf-8") as file:
        file.write('{"id": "n1", "text": "雨"}\n{"id": "n2", "text": "雨", "label": {"a": 1}}\n')
    ran = pdclassify("train", data, "-o", folder / "some")
    assert ran.code == 1
    assert ran.err.splitlines() == [
        f"pdclassify: {data}: record 81 (n1): no label, as 'label' is empty or missing; label the "
        "record or leave it out.",
        f"pdclassify: {data}: record 82 (n2): 'label' must be a name or a list of names. Got "
        "{'a': 1} instead.",
    ]
    assert "80 documents" in ran.out
    ran = pdclassify("evaluate", data, "--model", folder / "some", "--format", "json")
    assert (ran.code, ran.lines[0]["n"]) == (1, 80)
    ran = pdclassify("train", data, "-o", folder / "some", "--label-field", "nope")
    assert ran.code == 2
    assert ran.err == (
        f"pdclassify: {data}: no field 'nope' with labels; beside text and headline there is label: "
        "name the field by --label-field.\n"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"text": "社区", "label": "a"}\n' * 30, "same label"),
        ('{"text": "社区"}\n', "label"),
        ("", "not one"),
    ],
)
def test_data_that_teach_nothing_are_refused(pdclassify, tmp_path, content, said):
    """One class, no labels, or no records: one line that says so, exit 2, and no model."""
    data = tmp_path / "data.jsonl"
    data.write_text(content, encoding="utf-8")
    ran = pdclassify("train", data, "-o", tmp_path / "model")
    assert ran.code == 2
    assert ran.err.count("\n") == 1
    assert said in ran.err
    assert not (tmp_path / "model").exists()


def test_models(pdclassify, folder, tmp_path):
    """The shipped model is listed; its card is shown; a changed byte is found."""
    listed = pdclassify("models", "list")
    assert listed.code == 0
    assert listed.out.startswith("party-press  ")
    path = listed.out.splitlines()[0].split("  ", 1)[1]
    assert pdclassify("models", "show", path).out.startswith("# party-press")
    verified = pdclassify("models", "verify", path)
    assert (verified.code, verified.err) == (0, "")
    assert "manifest.json" in verified.out

    import shutil

    copy = shutil.copytree(path, tmp_path / "copy")
    member = next(copy.glob("*.npy"))
    data = bytearray(member.read_bytes())
    data[-1] ^= 1
    member.write_bytes(bytes(data))
    damaged = pdclassify("models", "verify", copy)
    assert (damaged.code, damaged.out) == (2, "")
    assert member.name in damaged.err


@pytest.mark.parametrize("labels", [["党建"], ["party_building"]])
def test_topics_may_be_named_in_chinese(pdclassify, tmp_path, labels):
    """Labels under the Chinese names are the model's topics, not others."""
    text = "社区党支部组织党员入户走访，党员认领任务，支部书记讲党课，发展新党员。" * 3
    path = tmp_path / "labelled.jsonl"
    path.write_text(json.dumps({"text": text, "topics": labels}) + "\n", encoding="utf-8")
    (found,) = pdclassify("evaluate", path, "--format", "json").lines
    assert set(found["per_topic"]) == {"governance", "party_building", "style"}
    assert found["per_topic"]["party_building"]["support"] == 1


def test_labels_of_another_kind_are_refused(pdclassify, examples):
    """A model that knows none of the labels is not measured on them."""
    ran = pdclassify("evaluate", examples / "labelled.jsonl")
    assert (ran.code, ran.out) == (2, "")
    assert "farming" in ran.err
    assert "party_building" in ran.err


def test_topics_in_a_cell_are_read_as_they_are_written(pdclassify, tmp_path):
    """Several names in one cell of a CSV file are several topics, an empty cell is none."""
    path = tmp_path / "labelled.csv"
    path.write_text("text,topics\n社区治理,party_building;governance\n天气,\n", encoding="utf-8")
    (found,) = pdclassify("evaluate", path, "--format", "json").lines
    support = {topic: row["support"] for topic, row in found["per_topic"].items()}
    assert support == {"governance": 1, "party_building": 1, "style": 0}


def test_a_shipped_model_is_known_by_its_name(pdclassify):
    """What ``models list`` prints can be given to the others."""
    assert pdclassify("models", "show", "party-press").out.startswith("# party-press")
    assert pdclassify("models", "verify", "party-press").code == 0


def test_what_cannot_be_written_is_named_as_it_was_given(pdclassify, folder, tmp_path):
    """A model's place that cannot be is told by its own name; --errors does not replace the input."""
    data = records(tmp_path / "place.jsonl", several=False)
    ran = pdclassify("train", data, "-o", data / "model")
    assert ran.code == 2
    assert ran.err.startswith(f"pdclassify: {data / 'model'}: cannot be written (")
    ran = pdclassify("evaluate", data, "--errors", data)
    assert (ran.code, "would replace the input" in ran.err) == (2, True)
