// Command generators makes calls with the clients that oapi-codegen and ogen make of the OpenAPI document.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"generators/oapi"
	"generators/ogenapi"
)

const patience = time.Minute

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for name, call := range map[string]func(context.Context) error{"oapi-codegen": callOapi, "ogen": callOgen} {
		if err := call(ctx); err != nil {
			log.Fatalf("not ok %s: %v", name, err)
		}
		fmt.Println("ok", name)
	}
}

func callOapi(ctx context.Context) error {
	withKey := func(_ context.Context, request *http.Request) error {
		request.Header.Set("Authorization", "Bearer "+os.Getenv("USVIDEO_API_KEY"))
		return nil
	}
	client, err := oapi.NewClientWithResponses(os.Getenv("USVIDEO_BASE_URL"), oapi.WithRequestEditorFn(withKey))
	if err != nil {
		return err
	}
	resolution, duration, wait := oapi.CreateVideoRequestResolutionP480, 1, "wait=30"
	request := oapi.CreateVideoRequest{Prompt: "a generated client", Resolution: &resolution, Duration: &duration}
	made, err := client.CreateVideoWithResponse(ctx, &oapi.CreateVideoParams{}, request)
	if err != nil {
		return err
	}
	if made.JSON202 == nil {
		return fmt.Errorf("create answered %s: %s", made.Status(), made.Body)
	}
	video, err := client.GetVideoWithResponse(ctx, made.JSON202.Id, &oapi.GetVideoParams{Prefer: &wait})
	if err != nil {
		return err
	}
	if video.JSON200 == nil || video.JSON200.Status != oapi.VideoStatusCompleted || video.JSON200.Cost == nil || *video.JSON200.Cost != "$0.10" {
		return fmt.Errorf("retrieve answered %s: %s", video.Status(), video.Body)
	}
	refused, err := client.CreateVideoWithResponse(ctx, &oapi.CreateVideoParams{}, oapi.CreateVideoRequest{Prompt: " "})
	if err != nil {
		return err
	}
	if refused.JSON400 == nil || (*refused.JSON400.Details)[0].Field != "prompt" {
		return fmt.Errorf("a prompt of blanks was answered %s: %s", refused.Status(), refused.Body)
	}
	return nil
}

type key struct{}

func (key) BearerAuth(context.Context, ogenapi.OperationName) (ogenapi.BearerAuth, error) {
	return ogenapi.BearerAuth{Token: os.Getenv("USVIDEO_API_KEY")}, nil
}

func (key) SessionCookie(context.Context, ogenapi.OperationName) (ogenapi.SessionCookie, error) {
	return ogenapi.SessionCookie{}, errors.New("a program has no session")
}

func (key) StreamTokenInQuery(context.Context, ogenapi.OperationName) (ogenapi.StreamTokenInQuery, error) {
	return ogenapi.StreamTokenInQuery{}, errors.New("a program has a key")
}

func callOgen(ctx context.Context) error {
	client, err := ogenapi.NewClient(os.Getenv("USVIDEO_BASE_URL"), key{})
	if err != nil {
		return err
	}
	made, err := client.CreateVideo(ctx, &ogenapi.CreateVideoRequest{
		Prompt:     "a generated client",
		Resolution: ogenapi.NewOptCreateVideoRequestResolution(ogenapi.CreateVideoRequestResolution480p),
		Duration:   ogenapi.NewOptInt(1),
	}, ogenapi.CreateVideoParams{})
	if err != nil {
		return err
	}
	job, accepted := made.(*ogenapi.VideoHeaders)
	if !accepted {
		return fmt.Errorf("create answered %T %+v", made, made)
	}
	found, err := client.GetVideo(ctx, ogenapi.GetVideoParams{ID: job.Response.ID, Prefer: ogenapi.NewOptString("wait=30")})
	if err != nil {
		return err
	}
	video, answered := found.(*ogenapi.GetVideoOKHeaders)
	if !answered || video.Response.Status != ogenapi.VideoStatusCompleted || video.Response.Cost.Value != "$0.10" {
		return fmt.Errorf("retrieve answered %T %+v", found, found)
	}
	refused, err := client.CreateVideo(ctx, &ogenapi.CreateVideoRequest{Prompt: "sandbox:http=402"}, ogenapi.CreateVideoParams{})
	if err != nil {
		return err
	}
	if refusal, is := refused.(*ogenapi.CreateVideoPaymentRequired); !is || refusal.Response.Error != "insufficient_balance" {
		return fmt.Errorf("a sandbox refusal was answered %T %+v", refused, refused)
	}
	return nil
}
