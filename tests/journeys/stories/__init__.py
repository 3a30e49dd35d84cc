"""How each mutation of the API succeeds and is refused, by the shop's areas."""

from tests.journeys.staging import Stories
from tests.journeys.stories import accounts, catalogue, counter, staff, titles

STORIES: Stories = {
    **catalogue.STORIES,
    **counter.STORIES,
    **accounts.STORIES,
    **titles.STORIES,
    **staff.STORIES,
}
