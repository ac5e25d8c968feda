{{/* Where a worker finds the engine that it drives: beside it, or where the values say. The procedural one and the sandbox are in it. */}}
{{- define "usvideo.engineUrl" -}}
{{- if has "openai-videos" .fleet.engines -}}
{{- if .fleet.sidecar }}http://127.0.0.1:{{ .fleet.sidecar.port }}{{ else }}{{ dig "engine" "url" "" .fleet }}{{ end -}}
{{- end -}}
{{- end -}}

{{/* The engine beside a worker: it starts before the worker and ends after it, so that a stopping worker finishes what it renders. */}}
{{- define "usvideo.sidecar" -}}
{{- $sidecar := .fleet.sidecar -}}
{{- with $sidecar.prepare -}}
- name: prepare
  image: {{ include "usvideo.mirrored" (dict "root" $.root "image" .image) }}
  imagePullPolicy: {{ $.root.Values.image.pullPolicy }}
  securityContext:
    {{- include "usvideo.containerSecurity" $ | nindent 4 }}
  {{- range $field := list "command" "args" "env" }}
  {{- with get $sidecar.prepare $field }}
  {{ $field }}:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- end }}
  resources:
    {{- toYaml (.resources | default (dict "requests" (dict "cpu" "100m" "memory" "256Mi" "ephemeral-storage" "64Mi") "limits" (dict "memory" "1Gi" "ephemeral-storage" "1Gi"))) | nindent 4 }}
  volumeMounts:
    - { name: engine-tmp, mountPath: /tmp }
    {{- with .volumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{ end -}}
- name: engine
  image: {{ include "usvideo.mirrored" (dict "root" .root "image" $sidecar.image) }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  restartPolicy: Always
  securityContext:
    {{- include "usvideo.containerSecurity" . | nindent 4 }}
  {{- with $sidecar.command }}
  command:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $sidecar.args }}
  args:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with $sidecar.env }}
  env:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  # Loading a model takes minutes; the worker starts when the engine can be asked.
  startupProbe:
    httpGet: { path: {{ $sidecar.startupPath | default "/health" }}, port: {{ $sidecar.port }} }
    periodSeconds: 5
    failureThreshold: {{ div (add ($sidecar.startupSeconds | default 900 | int) 4) 5 }}
  resources:
    {{- include "usvideo.fleetResources" (dict "resources" $sidecar.resources "gpu" .fleet.gpu "claims" $sidecar.claims) | nindent 4 }}
  volumeMounts:
    - { name: engine-tmp, mountPath: /tmp }
    - { name: shm, mountPath: /dev/shm }
    {{- with $sidecar.volumeMounts }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/* Requests and limits with the GPUs among both, and the claims that the container uses. */}}
{{- define "usvideo.fleetResources" -}}
{{- $resources := deepCopy (.resources | default dict) -}}
{{- with .gpu -}}
{{- $count := dict (.resource | default "nvidia.com/gpu") (.count | default 1) -}}
{{- $resources = mergeOverwrite $resources (dict "requests" $count "limits" $count) -}}
{{- end -}}
{{- with .claims }}{{ $_ := set $resources "claims" . }}{{ end -}}
{{- toYaml $resources -}}
{{- end -}}

{{- define "usvideo.fleetVolumes" -}}
{{- with .fleet.sidecar }}
- name: engine-tmp
  emptyDir: {}
- name: shm
  emptyDir: { medium: Memory, sizeLimit: {{ .shmSize | default "8Gi" }} }
{{- with .volumes }}
{{ toYaml . }}
{{- end }}
{{- end }}
{{- end -}}
