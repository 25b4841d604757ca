"""Where a rehearsal leaves its database and log, if nobody says."""

from concurrent.futures import ThreadPoolExecutor

from rehearsal.run import own_folder

SECOND = "20260301-120000"


def test_rehearsals_that_begin_in_one_second_have_a_folder_each(tmp_path):
    under = tmp_path / "not there yet" / ".rehearsal"
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: own_folder(under, SECOND), range(40)))
    assert sorted(made) == sorted(under.iterdir())
    assert len({*made}) == 40


def test_the_first_has_the_plain_name_and_the_next_ones_are_numbered(tmp_path):
    names = [own_folder(tmp_path, SECOND).name for _ in range(3)]
    assert names == [SECOND, f"{SECOND}.2", f"{SECOND}.3"]
