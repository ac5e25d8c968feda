{{/*
One value, the longest render, makes all times of a worker's stop: it may render and upload for 30 s longer, its process gives up 16 s
after that (services/render-fleet/src/render-fleet.module.ts, libs/runtime/src/run-service.ts), and the pod is killed 60 s after the longest render.
*/}}
{{- define "usvideo.renderSeconds" -}}
{{- .fleet.maxRenderSeconds | default .root.Values.maxRenderSeconds -}}
{{- end -}}

{{- define "usvideo.drainSeconds" -}}
{{- add (include "usvideo.renderSeconds" . | int) 30 -}}
{{- end -}}

{{- define "usvideo.graceSeconds" -}}
{{- .fleet.terminationGracePeriodSeconds | default (add (include "usvideo.renderSeconds" . | int) 60) -}}
{{- end -}}
