//go:build real

package real

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The release whose schema the manifests are checked against, and the sum of the
// module, which is too heavy for a go.mod.
const (
	kubernetes    = "k8s.io/kubernetes@v1.34.2"
	kubernetesSum = "h1:WQdDvYJazkmkwSncgNwGvVtaCt4TYXIU3wSMRgvp3MI="
)

// The manifests are what Kubernetes describes in its own OpenAPI file, with no field
// that it does not know.
func TestKubernetesManifests(t *testing.T) {
	check := kubeconform(t)
	manifests, err := filepath.Glob("../../deploy/kubernetes/*.yaml")
	if err != nil || len(manifests) == 0 {
		t.Fatalf("there are no manifests: %v", err)
	}
	for _, m := range manifests {
		if out, err := check(m); err != nil {
			t.Errorf("%s: %v\n%s", m, err, out)
		}
		// The check sees a field that is wrong.
		text, err := os.ReadFile(m)
		if err != nil {
			t.Fatal(err)
		}
		for old, wrong := range map[string]string{"replicas: 2": "replicas: two", "containerPort:": "containerport:"} {
			broken := filepath.Join(t.TempDir(), "broken.yaml")
			if err := os.WriteFile(broken, []byte(strings.Replace(string(text), old, wrong, 1)), 0o600); err != nil {
				t.Fatal(err)
			}
			if out, err := check(broken); err == nil {
				t.Errorf("%s with %q passes:\n%s", m, wrong, out)
			}
		}
	}
}

// kubeconform returns how to check a manifest, offline.
func kubeconform(t *testing.T) func(manifest string) (string, error) {
	t.Helper()
	tool := filepath.Join(t.TempDir(), "kubeconform")
	goes(t, "-C", "../../deploy/tools", "build", "-o", tool, "github.com/yannh/kubeconform/cmd/kubeconform")
	schemas := t.TempDir()
	writeSchemas(t, schemas, "configmap-v1", "deployment-apps-v1", "service-v1", "poddisruptionbudget-policy-v1")
	return func(manifest string) (string, error) {
		out, err := exec.CommandContext(t.Context(), tool, "-strict", "-summary",
			"-schema-location", schemas+"/{{.ResourceKind}}{{.KindSuffix}}.json", manifest).CombinedOutput()
		return string(out), err
	}
}

func goes(t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", args...).Output()
	if err != nil {
		t.Fatalf("go %v: %v\n%s", args, err, out)
	}
	return out
}

// writeSchemas makes JSON schemas of the OpenAPI file: one for each of the kinds.
func writeSchemas(t *testing.T, dir string, kinds ...string) {
	t.Helper()
	var module struct{ Dir, Sum string }
	if err := json.Unmarshal(goes(t, "mod", "download", "-json", kubernetes), &module); err != nil || module.Sum != kubernetesSum {
		t.Fatalf("%s has the sum %s, want %s; %v", kubernetes, module.Sum, kubernetesSum, err)
	}
	text, err := os.ReadFile(filepath.Join(module.Dir, "api/openapi-spec/swagger.json"))
	if err != nil {
		t.Fatal(err)
	}
	var api struct{ Definitions map[string]map[string]any }
	if err := json.Unmarshal(text, &api); err != nil {
		t.Fatal(err)
	}
	for _, d := range api.Definitions {
		toSchema(d)
	}
	for name := range api.Definitions {
		// io.k8s.api.apps.v1.Deployment, of core …core.v1.ConfigMap
		parts := strings.Split(strings.ToLower(name), ".")
		if len(parts) < 6 || parts[2] != "api" {
			continue
		}
		kind := strings.TrimPrefix(strings.Join([]string{parts[5], parts[3], parts[4]}, "-"), "-")
		kind = strings.Replace(kind, "-core-", "-", 1)
		for _, wanted := range kinds {
			if kind == wanted {
				write(t, filepath.Join(dir, kind+".json"), map[string]any{"$ref": "#/definitions/" + name, "definitions": api.Definitions})
			}
		}
	}
}

// toSchema mends what OpenAPI says otherwise: a number may stand for a string where
// it says so, and an object has no other properties than those described.
func toSchema(d map[string]any) {
	if d["format"] == "int-or-string" {
		d["type"] = []string{"string", "integer"}
	}
	if _, open := d["additionalProperties"]; d["properties"] != nil && !open {
		d["additionalProperties"] = false
	}
}

func write(t *testing.T, path string, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
