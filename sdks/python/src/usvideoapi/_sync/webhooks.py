# Made from _async by scripts/unasync.py.
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
from .pages import Pages
from .resources import Resource
from .transport import Transport


class EndpointsApi(Resource):
    """Made twice it would be told everything twice: a request whose answer was lost is not sent again."""

    def list(self) -> List[WebhookEndpoint]:
        return WebhookEndpointList.from_dict(self._transport.json("GET", "/v1/webhooks/endpoints")).data

    def create(self, **request: Unpack[CreateWebhookEndpointRequest]) -> NewWebhookEndpoint:
        answer = self._transport.json("POST", "/v1/webhooks/endpoints", body=request, repeatable=False)
        return NewWebhookEndpoint.from_dict(answer)

    def retrieve(self, endpoint_id: str) -> WebhookEndpoint:
        return WebhookEndpoint.from_dict(self._transport.json("GET", endpoint_path(endpoint_id)))

    def update(self, endpoint_id: str, **changes: Unpack[UpdateWebhookEndpointRequest]) -> WebhookEndpoint:
        return WebhookEndpoint.from_dict(self._transport.json("PATCH", endpoint_path(endpoint_id), body=changes))

    def delete(self, endpoint_id: str) -> DeletedWebhookEndpoint:
        return DeletedWebhookEndpoint.from_dict(self._transport.json("DELETE", endpoint_path(endpoint_id)))

    def test(self, endpoint_id: str) -> WebhookTest:
        """Sends it ``webhook.test``."""
        body = {"endpoint_id": endpoint_id}
        return WebhookTest.from_dict(
            self._transport.json("POST", "/v1/webhooks/test", body=body, repeatable=False)
        )


class SecretsApi(Resource):
    """Of an endpoint, or without one of the jobs' own ``webhook_url``."""

    def retrieve(self, endpoint_id: Optional[str] = None) -> WebhookSecret:
        return WebhookSecret.from_dict(self._transport.json("GET", secret_path(endpoint_id)))

    def rotate(
        self, endpoint_id: Optional[str] = None, **request: Unpack[RotateWebhookSecretRequest]
    ) -> WebhookSecret:
        """The old one signs beside the new one for a day unless told; 0 hours are for a leak."""
        path = f"{secret_path(endpoint_id)}/rotate"
        return WebhookSecret.from_dict(self._transport.json("POST", path, body=request, repeatable=False))


class DeliveriesApi(Resource):
    def list(self, **query: Unpack[ListDeliveriesParams]) -> Pages[Delivery]:
        """What was sent to your webhooks, and what they answered."""
        return Pages(self._transport, "/v1/webhooks/deliveries", DeliveryList, query)

    def retrieve(self, delivery_id: str) -> Delivery:
        """With all that was answered, of which a list has the beginning."""
        return Delivery.from_dict(self._transport.json("GET", delivery_path(delivery_id)))

    def redeliver(self, delivery_id: str) -> WebhookRedelivery:
        path = f"{delivery_path(delivery_id)}/redeliver"
        return WebhookRedelivery.from_dict(self._transport.json("POST", path, repeatable=False))

    def redeliver_many(self, **request: Unpack[RedeliverManyRequest]) -> WebhookRedelivery:
        """Those that failed, unless told."""
        path = "/v1/webhooks/deliveries/redeliver"
        return WebhookRedelivery.from_dict(self._transport.json("POST", path, body=request, repeatable=False))


class WebhooksApi(Resource):
    def __init__(self, transport: Transport) -> None:
        super().__init__(transport)
        self.endpoints = EndpointsApi(transport)
        self.secrets = SecretsApi(transport)
        self.deliveries = DeliveriesApi(transport)


def endpoint_path(endpoint_id: str) -> str:
    return f"/v1/webhooks/endpoints/{quote(endpoint_id, safe='')}"


def secret_path(endpoint_id: Optional[str]) -> str:
    return "/v1/webhooks/secret" if endpoint_id is None else f"{endpoint_path(endpoint_id)}/secret"


def delivery_path(delivery_id: str) -> str:
    return f"/v1/webhooks/deliveries/{quote(delivery_id, safe='')}"
