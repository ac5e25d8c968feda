{{- define "usvideo.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of a component, and never changes. */}}
{{- define "usvideo.selector" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- with .fleet }}
us-video-api/fleet: {{ . }}
{{- end }}
{{- end -}}

{{/* What is said of every object. */}}
{{- define "usvideo.metadata" -}}
{{- $root := .root -}}
name: {{ .name }}
labels:
  {{- include "usvideo.selector" . | nindent 2 }}
  app.kubernetes.io/part-of: us-video-api
  app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
  app.kubernetes.io/managed-by: {{ $root.Release.Service }}
  helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
  {{- with mergeOverwrite (deepCopy $root.Values.labels) (.labels | default dict) }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with mergeOverwrite (deepCopy $root.Values.annotations) (.annotations | default dict) }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* An image of ours, by the name of its service. */}}
{{- define "usvideo.image" -}}
{{- $image := .root.Values.image -}}
{{- $repository := printf "%s/%s" $image.repository .service -}}
{{- $version := printf ":%s" (default .root.Chart.AppVersion $image.tag) -}}
{{- with get $image.digests .service }}{{ $version = printf "@%s" . }}{{ end -}}
{{- include "usvideo.mirrored" (dict "root" .root "image" (print $repository $version)) -}}
{{- end -}}

{{/* Any image, as the mirror has it. */}}
{{- define "usvideo.mirrored" -}}
{{- with .root.Values.image.registry }}{{ trimSuffix "/" . }}/{{ end }}{{ .image -}}
{{- end -}}

{{- define "usvideo.secret" -}}
{{- default (printf "%s-secrets" (include "usvideo.fullname" .)) .Values.secrets.existingSecret -}}
{{- end -}}

{{- define "usvideo.artifactsClaim" -}}
{{- default (printf "%s-artifacts" (include "usvideo.fullname" .)) .Values.artifacts.disk.existingClaim -}}
{{- end -}}
