package usvideo

import (
	"context"
	"iter"
	"net/http"
	"net/url"
)

// WebhookEndpointsService is about where events are sent. Made twice one would be told everything twice: a request whose answer
// was lost is not sent again.
type WebhookEndpointsService struct{ client *Client }

// List answers all endpoints.
func (s *WebhookEndpointsService) List(ctx context.Context) ([]WebhookEndpoint, error) {
	answer, err := one[WebhookEndpointList](ctx, s.client, get("/v1/webhooks/endpoints"))
	if err != nil {
		return nil, err
	}
	return answer.Data, nil
}

// Create answers the endpoint with the secret that signs what it gets.
func (s *WebhookEndpointsService) Create(ctx context.Context, request CreateWebhookEndpointRequest) (*NewWebhookEndpoint, error) {
	return one[NewWebhookEndpoint](ctx, s.client, call{method: http.MethodPost, path: "/v1/webhooks/endpoints", body: request})
}

// Retrieve answers one endpoint.
func (s *WebhookEndpointsService) Retrieve(ctx context.Context, id string) (*WebhookEndpoint, error) {
	return one[WebhookEndpoint](ctx, s.client, get(endpointPath(id)))
}

// Update changes what the request names.
func (s *WebhookEndpointsService) Update(ctx context.Context, id string, changes UpdateWebhookEndpointRequest) (*WebhookEndpoint, error) {
	return one[WebhookEndpoint](ctx, s.client, call{method: http.MethodPatch, path: endpointPath(id), body: changes, repeatable: true})
}

// Delete ends it; what was still to be sent has failed.
func (s *WebhookEndpointsService) Delete(ctx context.Context, id string) (*DeletedWebhookEndpoint, error) {
	return one[DeletedWebhookEndpoint](ctx, s.client, call{method: http.MethodDelete, path: endpointPath(id), repeatable: true})
}

// Test sends it webhook.test.
func (s *WebhookEndpointsService) Test(ctx context.Context, id string) (*WebhookTest, error) {
	body := TestWebhookEndpointRequest{EndpointID: id}
	return one[WebhookTest](ctx, s.client, call{method: http.MethodPost, path: "/v1/webhooks/test", body: body})
}

// WebhookSecretsService is about what signs webhooks: of an endpoint, or with an empty ID of the jobs' own WebhookURL.
type WebhookSecretsService struct{ client *Client }

// Retrieve answers the secret.
func (s *WebhookSecretsService) Retrieve(ctx context.Context, endpointID string) (*WebhookSecret, error) {
	return one[WebhookSecret](ctx, s.client, get(secretPath(endpointID)))
}

// Rotate makes a new secret, beside which the old one signs for a day unless the request says otherwise.
func (s *WebhookSecretsService) Rotate(ctx context.Context, endpointID string, request RotateWebhookSecretRequest) (*WebhookSecret, error) {
	return one[WebhookSecret](ctx, s.client, call{method: http.MethodPost, path: secretPath(endpointID) + "/rotate", body: request})
}

// DeliveriesService is about what was sent to webhooks.
type DeliveriesService struct{ client *Client }

// List goes over all deliveries, with what was answered.
func (s *DeliveriesService) List(ctx context.Context, params ListDeliveriesParams) iter.Seq2[Delivery, error] {
	return pages[Delivery](ctx, s.client, "/v1/webhooks/deliveries", params.values(), true)
}

// Retrieve answers one delivery with all that was answered, of which a list has the beginning.
func (s *DeliveriesService) Retrieve(ctx context.Context, id string) (*Delivery, error) {
	return one[Delivery](ctx, s.client, get(deliveryPath(id)))
}

// Redeliver sends a delivery that has ended once more.
func (s *DeliveriesService) Redeliver(ctx context.Context, id string) (*WebhookRedelivery, error) {
	return one[WebhookRedelivery](ctx, s.client, call{method: http.MethodPost, path: deliveryPath(id) + "/redeliver"})
}

// RedeliverMany sends again what failed, unless the request says otherwise.
func (s *DeliveriesService) RedeliverMany(ctx context.Context, request RedeliverManyRequest) (*WebhookRedelivery, error) {
	return one[WebhookRedelivery](ctx, s.client, call{method: http.MethodPost, path: "/v1/webhooks/deliveries/redeliver", body: request})
}

func endpointPath(id string) string { return "/v1/webhooks/endpoints/" + url.PathEscape(id) }

func deliveryPath(id string) string { return "/v1/webhooks/deliveries/" + url.PathEscape(id) }

func secretPath(endpointID string) string {
	if endpointID == "" {
		return "/v1/webhooks/secret"
	}
	return endpointPath(endpointID) + "/secret"
}
