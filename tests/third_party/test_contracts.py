"""The contracts' own tests pass what keeps them and name what does not."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections import defaultdict
from importlib.util import find_spec
from pathlib import Path

import pytest

from arengo_marketplace.contract_tests import AllocationKeyContract
from arengo_marketplace.costs.keys import EqualKey, PopulationKey, UsageKey
from arengo_themes import FOLDER
from arengo_themes.contract_tests import ThemeContract
from tests.third_party.conftest import ROOT, pip_install

RECIPES = ROOT / "docs" / "examples" / "arengo-recipes"
BROKEN = Path(__file__).parent / "inside" / "broken.py"
KIT = Path(find_spec("arengo_marketplace.conformance").origin).parent

# What a broken implementation of tests/third_party/inside/broken.py must fail, at the least.
FAILS = {
    "TestNewKeys": "the_same_key_opens_one_checkout the_same_key_refunds_once"
    " a_lost_answer_is_unknown_and_its_checkout_is_found"
    " a_lost_answer_is_unknown_and_its_refund_is_found",
    "TestOneForAll": "another_key_opens_another_checkout"
    " a_lost_answer_is_unknown_and_its_checkout_is_found",
    "TestLostIsRefused": "a_lost_answer_is_unknown_and_its_checkout_is_found"
    " a_lost_answer_is_unknown_and_its_refund_is_found"
    " silence_ends_within_the_time_limit_and_is_unknown",
    "TestPatient": "silence_ends_within_the_time_limit_and_is_unknown",
    "TestCredulous": "a_webhook_that_nobody_signed_is_refused",
    "TestNothingIsMissing": "what_it_does_not_know_is_not_found",
    "TestOverwritesPaid": "a_paid_checkout_stays_paid",
    "TestGenerous": "more_than_was_paid_is_not_refunded",
    "TestMisnamed": "its_key_is_the_providers",
    "TestBooksTwice": "a_booking_is_found_by_its_key the_same_key_books_once"
    " a_lost_answer_is_unknown_and_its_booking_is_found",
    "TestGoesEverywhere": "it_quotes_nothing_where_it_does_not_go"
    " it_quotes_nothing_that_it_does_not_lift",
    "TestCountsTwice": "it_quotes_where_it_goes",
    "TestPaysToCarry": "it_quotes_where_it_goes",
    "TestOptimist": "an_option_that_it_does_not_have_is_refused"
    " a_lost_answer_is_unknown_and_its_booking_is_found"
    " silence_ends_within_the_time_limit_and_is_unknown",
    "TestForgetsCancelling": "a_cancelled_booking_is_gone",
    "TestBackwards": "steps_come_in_their_order",
    "TestSaysSent": "a_message_arrives the_same_key_is_one_message a_refusal_says_why"
    " a_lost_answer_is_unknown silence_ends_within_the_time_limit_and_is_unknown",
    "TestReachesAll": "it_knows_whom_it_reaches",
    "TestUnknownIsRefused": "a_lost_answer_is_unknown"
    " silence_ends_within_the_time_limit_and_is_unknown",
    "TestSendsAnother": "a_message_arrives the_same_key_is_one_message a_lost_answer_is_unknown",
    "TestOtherStates": "a_changed_answer_is_nobody",
    "TestBelievesTheBrowser": "a_person_is_the_same_each_time who_says_no_is_nobody"
    " an_empty_answer_is_nobody a_changed_answer_is_nobody"
    " the_answer_to_another_journey_is_nobody silence_ends_within_the_time_limit"
    " a_lost_answer_is_no_refusal",
    "TestSilenceIsNobody": "silence_ends_within_the_time_limit a_lost_answer_is_no_refusal",
    "TestAllAreOne": "two_people_are_two",
    "TestNewEachTime": "a_person_is_the_same_each_time",
    "TestRepeats": "who_says_no_is_nobody a_changed_answer_is_nobody"
    " the_answer_to_another_journey_is_nobody",
    "TestKeepsTooMuch": "it_sends_the_browser_to_the_web",
    "TestKeepsTheFirst": "putting_again_replaces_the_whole",
    "TestInPieces": "a_reader_never_sees_a_part a_lost_answer_leaves_a_whole_file_or_none",
    "TestEmptyIsMissing": "what_is_not_there_is_missing",
    "TestDeletesAlike": "deleting_takes_one_file_and_may_be_repeated",
    "TestListsAlike": "it_lists_what_is_under_a_prefix",
    "TestTakesAnyKey": "a_key_that_leaves_the_store_is_refused",
    "TestSilenceIsMissing": "silence_ends_within_the_time_limit_and_is_no_missing_file",
    "TestLostIsKept": "a_lost_answer_leaves_a_whole_file_or_none",
    "TestKnowsNoDialect": "typing_errors_are_forgiven_as_promised",
    "TestIgnoresThePrice": "filters_narrow_what_is_found",
    "TestRemembers": "a_paused_shop_is_not_found_until_it_opens",
    "TestFirstPageOnly": "pages_hold_each_product_once a_cursor_of_another_list_is_refused",
    "TestNoMoreThanAsked": "pages_hold_each_product_once",
    "TestByRelevanceAlone": "the_order_is_the_one_asked_for",
    "TestStumbles": "no_text_breaks_it",
    "TestDetailsDiffer": "details_are_of_the_same_products",
    "TestByPlace": "the_order_of_members_changes_nothing nobody_counts_for_more_than_the_cap",
    "TestInexact": "weights_are_exact",
    "TestBelowZero": "weights_are_exact it_weighs_the_members_that_it_was_given"
    " nobody_counts_for_more_than_the_cap",
    "TestTakesAnything": "options_that_make_no_sense_are_refused_by_name",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A folder for ``sys.path`` with the recipes as pip put them there."""
    source = tmp_path_factory.mktemp("source") / RECIPES.name
    shutil.copytree(RECIPES, source, ignore=shutil.ignore_patterns("__pycache__"))
    target = tmp_path_factory.mktemp("site")
    pip_install(source, target)
    return target


def _environment(site):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    kept["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return kept | {"PYTHONPATH": str(site)}


def test_broken_implementations_fail_by_name(site, server_of_this_run):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", BROKEN],
        env=_environment(site) | server_of_this_run,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    failed = defaultdict(set)
    for line in done.stdout.splitlines():
        if line.startswith("FAILED"):
            _, kind, test = line.split(" - ")[0].split("::")
            failed[kind].add(test.removeprefix("test_").partition("[")[0])
    assert failed == {kind: set(tests.split()) for kind, tests in FAILS.items()}, done.stdout
    classes = ast.parse(BROKEN.read_text()).body
    named = {item.name for item in classes if isinstance(item, ast.ClassDef)}
    assert {name for name in named if name.startswith("Test")} == set(FAILS)


def test_the_recipes_keep_every_promise(site, server_of_this_run, tmp_path):
    """And with them the kit tries one implementation of each contract."""
    done = subprocess.run(
        ["arengo", "plugin", "check", "recipes", "--json", "report.json"],
        env=_environment(site) | server_of_this_run,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((tmp_path / "report.json").read_text())
    passed = [one for one in report if one["outcome"] == "passed"]
    tried = {one["check"].partition(":")[0] for one in passed if one["area"] == "contracts"}
    assert tried >= {
        *("valley-bank", "mountain-post", "sms", "valley-register", "shelf", "dialect"),
        "recipes.capped_population",
    }
    assert [one for one in passed if one["area"] == "themes"]


def test_what_nobody_tries_is_named(site, server_of_this_run, tmp_path):
    untried = tmp_path / "site"
    shutil.copytree(site, untried, ignore=shutil.ignore_patterns("__pycache__"))
    path = untried / "arengo_recipes" / "conformance.py"
    path.write_text(path.read_text().replace('provider = "sms"', 'provider = "telegram"'))
    theme = untried / "arengo_recipes" / "themes" / "meadow"
    (theme / "templates" / "partials").mkdir(parents=True)
    (theme / "templates" / "partials" / "footer_links.html").write_text(
        '<a style="color: red" href="/">Home</a><img src="https://elsewhere.example/a.png">'
    )
    report = tmp_path / "report.json"
    subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-c", str(KIT / "pytest.ini")),
            *(str(KIT / "test_contracts.py"), str(KIT / "test_themes.py")),
            *("--arengo-plugin", "recipes", "--arengo-report", str(report)),
        ],
        env=_environment(untried) | server_of_this_run,
        capture_output=True,
        check=False,
    )
    reasons = {
        one["check"]: one["reason"]
        for one in json.loads(report.read_text())
        if one["outcome"] == "failed"
    }
    assert reasons.keys() == {
        "each implementation is tried by its contracts tests",
        "it loads nothing from elsewhere[meadow]",
        "its templates hold nothing inline[meadow]",
    }
    said = reasons["each implementation is tried by its contracts tests"]
    assert "sms (Channel): subclass arengo_communications.contract_tests.ChannelContract" in said
    assert "in arengo_recipes.conformance" in said


class TestEqual(AllocationKeyContract):
    provider = "equal"

    @pytest.fixture
    def key(self):
        return EqualKey()


class TestPopulation(AllocationKeyContract):
    provider = "population"

    @pytest.fixture
    def key(self):
        return PopulationKey()


class TestUsage(AllocationKeyContract):
    provider = "usage"
    options = {"meter": "payments.transactions"}  # noqa: RUF012
    bad_options = ({}, {"meter": ""})
    usage = {"payments.transactions": (0, 3, 12, 7)}  # noqa: RUF012

    @pytest.fixture
    def key(self):
        return UsageKey()


@pytest.mark.parametrize("name", ["civic", "bottega"])
class TestThemes(ThemeContract):
    @pytest.fixture
    def folder(self, name):
        return FOLDER / name
