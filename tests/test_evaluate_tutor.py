"""`manage.py evaluate_tutor`: a tutor's figures, without a child or a database."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.evaluated import QUESTIONS, write
from tests.scripted_llm import Reply, ScriptedLlm
from tests.setting_up import answered_by
from tutoring.evaluation.fairytaleqa import read
from tutoring.management.commands.evaluate_tutor import sample


@pytest.fixture
def llm(settings):
    """The scripted model, configured as an operator would."""
    with ScriptedLlm() as llm, answered_by(settings, llm):
        yield llm


@pytest.fixture
def evaluate(capsys):
    """Run the command; return its JSON, with what it wrote to stderr as `lines`."""

    def run(path: Path, *arguments: object) -> dict:
        call_command("evaluate_tutor", str(path), "--json", *map(str, arguments))
        written = capsys.readouterr()
        return json.loads(written.out) | {"lines": written.err.splitlines()}

    return run


def test_the_offline_tutor_holds_the_answers_and_gives_nothing_away(evaluate, tmp_path):
    result = evaluate(write(tmp_path))
    assert (result["provider"], result["stories"], result["questions"]) == ("offline", 1, 4)
    explicit = next(
        group for group in result["groups"] if (group["kind"], group["explicit"]) == ("all", "explicit")
    )
    assert explicit["held"] == {"value": 1, "low": pytest.approx(0.4385, abs=1e-3), "high": 1, "of": 3}
    assert result["early"]["leaks"]["value"] == result["leaksWhenHeard"]["value"] == 0
    assert result["early"]["leaks"]["of"] == 3, "what the first section answers cannot be asked before it"
    assert result["questionsStopped"]["value"] == result["answersStopped"]["value"] == 0
    assert result["milliseconds"]["p95"] > 0
    assert result["lines"] == []


def test_a_model_is_told_what_was_heard_alone_and_measured_by_what_it_says(evaluate, llm, tmp_path):
    write(tmp_path)
    llm.default = Reply("We do not know yet. Let's read on!")
    for text, answer in (
        ("Where did Tiva live?", "Under the old mill."),
        ("Why did Orrin shiver?", "He was bold."),
    ):
        llm.script_for(text, Reply(answer))
    result = evaluate(tmp_path, "--provider", "owl-1")
    assert result["provider"] == "owl-1"
    assert len(llm.requests) == 4 + 3
    asked_early = [request.decode() for request in llm.requests if b"What carried them" in request]
    assert sorted("silver boat carried" in request for request in asked_early) == [False, True]
    setting = next(group for group in result["groups"] if group["kind"] == "setting")
    assert (setting["held"]["value"], setting["f1"]["value"]) == (1, 1)
    assert result["fitSentences"]["value"] == 1


def test_a_model_that_tells_what_was_not_heard_is_found_out(evaluate, llm, tmp_path):
    llm.default = Reply("Then a silver boat carried them all to the sea.")
    early = evaluate(write(tmp_path), "--provider", 1)["early"]
    assert early["leaks"]["value"] == 1
    assert early["heldThoughNotDerivable"]["value"] == pytest.approx(1 / 3, abs=1e-3)


def test_asked_at_the_end_everything_was_heard(evaluate, llm, tmp_path):
    result = evaluate(write(tmp_path), "--at-end", "--provider", "1")
    assert result["askedAtEnd"] is True
    assert sum(b"silver boat carried" in request for request in llm.requests) == 4


def test_a_sample_is_drawn_by_its_seed(evaluate, tmp_path):
    assert evaluate(write(tmp_path), "--limit", 2, "--seed", 7)["questions"] == 2
    questions = read(tmp_path).questions
    assert sample(questions, 2, 7) == sample(questions, 2, 7)
    assert {asked.question for seed in range(20) for asked in sample(questions, 2, seed)} == {
        asked.question for asked in questions
    }
    assert sample(questions, 99, 0) == questions


def test_without_json_it_prints_a_table(capsys, tmp_path):
    call_command("evaluate_tutor", str(write(tmp_path)))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("offline: 4 questions about 1 stories")
    assert "asked too early: leaks                       0 of 3: 0.0 (0.0-56.1) %" in lines


def test_what_cannot_be_used_is_said_and_the_rest_is_asked(evaluate, tmp_path):
    write(tmp_path, questions=[*QUESTIONS, "Why?,9,action,explicit,so,"])
    result = evaluate(tmp_path)
    assert result["questions"] == 4
    assert result["lines"] == result["problems"]
    assert result["lines"][0].endswith("tiva-questions.csv, row 6: the story has no section 9")


@pytest.mark.parametrize(
    ("questions", "arguments", "failure"),
    [
        (["Why?,9,action,explicit,so,"], [], "has no question that can be asked"),
        (QUESTIONS, ["--limit", "0"], "--limit must be at least 1"),
        (QUESTIONS, ["--provider", "1"], "There is no provider '1'. No language model is configured"),
    ],
)
def test_what_cannot_be_done_is_one_line(settings, tmp_path, questions, arguments, failure):
    write(tmp_path, questions=questions)
    with answered_by(settings, None), pytest.raises(CommandError, match=failure):
        call_command("evaluate_tutor", str(tmp_path), *arguments)


@pytest.mark.parametrize("name", ["missing", "a-file.csv"])
def test_a_path_that_is_no_such_folder_is_one_line(tmp_path, name):
    (tmp_path / "a-file.csv").write_text("section,text\n")
    with pytest.raises(CommandError, match=f"{name} has no stories with questions"):
        call_command("evaluate_tutor", str(tmp_path / name))


@pytest.mark.parametrize("who", ["2", "0", "gpt"])
def test_an_unknown_provider_is_told_which_there_are(llm, tmp_path, who):
    with pytest.raises(CommandError, match=r"There are: offline, 1 \(owl-1\)\."):
        call_command("evaluate_tutor", str(write(tmp_path)), "--provider", who)


def test_a_model_that_does_not_answer_ends_it(llm, tmp_path):
    llm.default = Reply(status=401)
    with pytest.raises(CommandError, match="owl-1 does not answer: re"):
        call_command("evaluate_tutor", str(write(tmp_path)), "--provider", "1")
