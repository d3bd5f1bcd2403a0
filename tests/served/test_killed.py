"""Under load the server is killed and ended, its clock goes back, an import dies: nothing is lost.

`make torture` does the same for minutes, and more of it (docs/reliability.md).
"""

from random import Random

from tests.served.torture import faults
from tests.served.torture.load import Load, desk_of
from tests.served.torture.reckoning import Standing, reckon

KILLS = 3


def test_what_was_acknowledged_is_there_once_and_whole(house):
    faults.stock_up(house)
    house.serve().answering()
    desk, chance = desk_of(house), Random(20)
    for name, times in (("killed", KILLS), ("ended", 1), ("clock_back", 1), ("import_killed", 1)):
        before = Standing.of(desk)
        with Load(desk, name) as load:
            for _time in range(times):
                load.wait_for(chance.randrange(3, 12))
                faults.FAULTS[name](house, chance)
            load.wait_for(1)
        found = reckon(desk, before, load.journal, times)
        assert found.is_good, found
        assert faults.half_imported(house) == [], name
