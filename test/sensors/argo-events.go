// Applies the parameters of a Sensor's trigger to its resource with the code of Argo Events itself. Reads {event, parameters,
// resource} as JSON and writes the resource; exits 1 with the error where Argo Events would hand the event to the dead letters.
//
// It is built inside the module of Argo Events, so that it needs no module of its own: see the script build.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/argoproj/argo-events/pkg/apis/events/v1alpha1"
	"github.com/argoproj/argo-events/pkg/sensors/triggers"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func main() {
	// Argo Events reports on standard output.
	out := os.Stdout
	os.Stdout = os.Stderr
	var given struct {
		Event      json.RawMessage             `json:"event"`
		Parameters []v1alpha1.TriggerParameter `json:"parameters"`
		Resource   map[string]any              `json:"resource"`
	}
	if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil {
		fail(2, err)
	}
	events := map[string]*v1alpha1.Event{"sync": {
		Context: &v1alpha1.EventContext{DataContentType: "application/json", Subject: "sync", Source: "argocd"},
		Data:    given.Event,
	}}
	resource := &unstructured.Unstructured{Object: given.Resource}
	if err := triggers.ApplyResourceParameters(events, given.Parameters, resource); err != nil {
		fail(1, err)
	}
	if err := json.NewEncoder(out).Encode(resource.Object); err != nil {
		fail(2, err)
	}
}

func fail(code int, err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(code)
}
