"""Where events are sent, what signs them and what became of each delivery."""

from __future__ import annotations

from typing import List, Optional
from urllib.parse import quote

from typing_extensions import Unpack

from .._models import (
    CreateWebhookEndpointRequest,
    DeletedWebhookEndpoint,
    Delivery,
    DeliveryList,
    ListDeliveriesParams,
    NewWebhookEndpoint,
    RedeliverManyRequest,
    RotateWebhookSecretRequest,
    UpdateWebhookEndpointRequest,
    WebhookEndpoint,
    WebhookEndpointList,
    WebhookRedelivery,
    WebhookSecret,
    WebhookTest,
)
from .pages import AsyncPages
from .resources import AsyncResource
from .transport import AsyncTransport


class AsyncEndpointsApi(AsyncResource):
    """Made twice it would be told everything twice: a request whose answer was lost is not sent again."""

    async def list(self) -> List[WebhookEndpoint]:
        return WebhookEndpointList.from_dict(await self._transport.json("GET", "/v1/webhooks/endpoints")).data

    async def create(self, **request: Unpack[CreateWebhookEndpointRequest]) -> NewWebhookEndpoint:
        answer = await self._transport.json("POST", "/v1/webhooks/endpoints", body=request, repeatable=False)
        return NewWebhookEndpoint.from_dict(answer)

    async def retrieve(self, endpoint_id: str) -> WebhookEndpoint:
        return WebhookEndpoint.from_dict(await self._transport.json("GET", endpoint_path(endpoint_id)))

    async def update(self, endpoint_id: str, **changes: Unpack[UpdateWebhookEndpointRequest]) -> WebhookEndpoint:
        return WebhookEndpoint.from_dict(await self._transport.json("PATCH", endpoint_path(endpoint_id), body=changes))

    async def delete(self, endpoint_id: str) -> DeletedWebhookEndpoint:
        return DeletedWebhookEndpoint.from_dict(await self._transport.json("DELETE", endpoint_path(endpoint_id)))

    async def test(self, endpoint_id: str) -> WebhookTest:
        """Sends it ``webhook.test``."""
        body = {"endpoint_id": endpoint_id}
        return WebhookTest.from_dict(
            await self._transport.json("POST", "/v1/webhooks/test", body=body, repeatable=False)
        )


class AsyncSecretsApi(AsyncResource):
    """Of an endpoint, or without one of the jobs' own ``webhook_url``."""

    async def retrieve(self, endpoint_id: Optional[str] = None) -> WebhookSecret:
        return WebhookSecret.from_dict(await self._transport.json("GET", secret_path(endpoint_id)))

    async def rotate(
        self, endpoint_id: Optional[str] = None, **request: Unpack[RotateWebhookSecretRequest]
    ) -> WebhookSecret:
        """The old one signs beside the new one for a day unless told; 0 hours are for a leak."""
        path = f"{secret_path(endpoint_id)}/rotate"
        return WebhookSecret.from_dict(await self._transport.json("POST", path, body=request, repeatable=False))


class AsyncDeliveriesApi(AsyncResource):
    def list(self, **query: Unpack[ListDeliveriesParams]) -> AsyncPages[Delivery]:
        """What was sent to your webhooks, and what they answered."""
        return AsyncPages(self._transport, "/v1/webhooks/deliveries", DeliveryList, query)

    async def retrieve(self, delivery_id: str) -> Delivery:
        """With all that was answered, of which a list has the beginning."""
        return Delivery.from_dict(await self._transport.json("GET", delivery_path(delivery_id)))

    async def redeliver(self, delivery_id: str) -> WebhookRedelivery:
        path = f"{delivery_path(delivery_id)}/redeliver"
        return WebhookRedelivery.from_dict(await self._transport.json("POST", path, repeatable=False))

    async def redeliver_many(self, **request: Unpack[RedeliverManyRequest]) -> WebhookRedelivery:
        """Those that failed, unless told."""
        path = "/v1/webhooks/deliveries/redeliver"
        return WebhookRedelivery.from_dict(await self._transport.json("POST", path, body=request, repeatable=False))


class AsyncWebhooksApi(AsyncResource):
    def __init__(self, transport: AsyncTransport) -> None:
        super().__init__(transport)
        self.endpoints = AsyncEndpointsApi(transport)
        self.secrets = AsyncSecretsApi(transport)
        self.deliveries = AsyncDeliveriesApi(transport)


def endpoint_path(endpoint_id: str) -> str:
    return f"/v1/webhooks/endpoints/{quote(endpoint_id, safe='')}"


def secret_path(endpoint_id: Optional[str]) -> str:
    return "/v1/webhooks/secret" if endpoint_id is None else f"{endpoint_path(endpoint_id)}/secret"


def delivery_path(delivery_id: str) -> str:
    return f"/v1/webhooks/deliveries/{quote(delivery_id, safe='')}"
