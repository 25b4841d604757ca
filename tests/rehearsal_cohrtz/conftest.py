"""A served deployment for each test, with and without somebody who hears webhooks."""

import pytest
from cohrtz_samples import Hook, deployment, listening, living


@pytest.fixture
async def world():
    async with living(deployment()) as world:
        yield world


@pytest.fixture
async def hook(world):
    hook = Hook()
    async with listening(hook) as url:
        world.deployment.set_webhook_url(url)
        yield hook
        world.deployment.set_webhook_url(None)
        await world.deployment.webhooks.stop()
