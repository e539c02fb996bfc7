"""What a dry run counts is what the papers and the cost of patterns say."""

from __future__ import annotations

import pytest

from search.config.composition import compose
from search.config.problem_statement import state_problem
from search.config.validation import check_parts
from search.preview.dry_run import Counted, DryRun, count_images, count_networks
from search.preview.random_step import Rate
from spaces.errors import DataError
from tests.experiments import SHIPPED

# Learnable parameters and multiply-accumulates of the first and the last landmark, at the size of the experiment.
COUNTS = {
    "etr_celeba": [(17_675_368, 488_966_656), (43_997_224, 759_695_872)],
    "etr_cityscapes": [(11_770_312, 4_588_306_432), (21_178_248, 6_414_401_536)],
    "etr_nyuv2": [(12_951_825, 20_155_613_184), (31_767_697, 32_481_755_136)],
    "interrogate_celeba": [(1_104_726, 36_384_960), (3_216_486, 69_562_560)],
    "interrogate_nyud": [(30_923_628, 161_975_500_800), (101_577_900, 512_375_193_600)],
    "interrogate_pascal": [(15_238_817, 23_146_266_624), (71_157_857, 70_520_930_304)],
    "pdf_cityscapes": [(51_559_835, 53_897_330_688), (57_031_067, 70_475_317_248)],
    "pdf_nyuv2": [(51_566_576, 33_823_457_280), (57_037_808, 44_184_698_880)],
    "sgw_nyud": [(51_721_767, 51_507_747_072), (52_414_505, 51_774_740_736)],
    "sgw_pascal": [(57_768_987, 48_975_964_032), (58_609_181, 49_260_652_416)],
}

# Gurulingan et al. 2022, tables 1 and 3: millions of parameters of One-De and Sep-De, all fused and all separate here.
PUBLISHED = {"pdf_cityscapes": (51.56, 57.03), "pdf_nyuv2": (51.57, 57.04)}


@pytest.mark.parametrize("name", SHIPPED)
def test_networks_are_built_and_counted_at_full_size_without_data(name: str) -> None:
    settings = compose([f"experiment={name}"])
    check_parts(settings)

    networks, alone = count_networks(settings)

    ends = networks[0], networks[-1]
    assert [(each.params, each.macs) for each in ends] == COUNTS[name]
    problem = state_problem(settings)
    assert [each.name for each in alone] == list(problem.tasks)
    for each in networks:
        if each.left is None:
            price = problem.cost(each.pattern)
            assert (price.macs, price.params, price.fixed) == (each.macs, each.params, each.fixed)
        else:
            assert each.left[0] < each.left[1] < each.macs
            assert each.first > sum(single.macs for single in alone)  # and hard sharing


@pytest.mark.parametrize("name", PUBLISHED)
def test_pdf_has_the_published_parameters(name: str) -> None:
    assert tuple(round(params / 1e6, 2) for params, _ in COUNTS[name]) == PUBLISHED[name]


def test_images_are_those_of_the_data_or_else_of_the_experiment() -> None:
    assert count_images(compose(["data.images=20", "data.val_images=4", "data.test_images=4"])) == (20, "")
    images, missing = count_images(compose(["experiment=etr_nyuv2"]))
    assert images == 795 - round(0.1 * 795)
    assert missing.startswith("data.root is not given")
    with pytest.raises(DataError, match=r"data\.root is not given"):
        count_images(compose(["data=nyuv2"]))
    with pytest.raises(DataError, match=r"data\.root is not given"):
        count_images(compose(["experiment=etr_nyuv2", "data=cityscapes"]))


def test_costs_of_trainings_by_hand() -> None:
    settings = compose(["trainer.epochs=10", "trainer.batch_size=4", "sampler=random", "trials=5", "baselines.seeds=2"])
    pattern = next(iter(settings.space.anchors(("a", "b")).values())).pattern
    one, two = Counted("a", pattern, 1, 0, macs=100), Counted("b", pattern, 1, 0, macs=200, first=50)
    found = DryRun((one, two), (one,), images=10, missing="", trials=3, rate=Rate("cpu", (8, 8), 1.0, 1.0))

    assert found.steps(settings) == 2  # of 4 images, which leaves two out
    assert found.count_trial(settings, one) == 3 * 8 * 10 * 100
    assert found.count_trial(settings, two) == 3 * 8 * 10 * 250
    assert found.count_search(settings, one) == 3 * found.count_trial(settings, one)
    assert found.count_baselines(settings) == 2 * 3 * 8 * 10 * 100
