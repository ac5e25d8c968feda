{{/* What the pods of all components have in common. `conf` is what the values say of this one. */}}
{{- define "usvideo.podMetadata" -}}
{{- $defaults := .root.Values.defaults -}}
labels:
  {{- include "usvideo.selector" . | nindent 2 }}
  app.kubernetes.io/part-of: us-video-api
  app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
  {{- with mergeOverwrite (deepCopy .root.Values.labels) (deepCopy $defaults.podLabels) (.conf.podLabels | default dict) }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  us-video-api/secrets-revision: {{ .root.Values.secrets.revision | quote }}
  {{- with mergeOverwrite (deepCopy .root.Values.annotations) (deepCopy $defaults.podAnnotations) (.conf.podAnnotations | default dict) }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "usvideo.podSpec" -}}
{{- $root := .root -}}
{{- $defaults := $root.Values.defaults -}}
serviceAccountName: {{ include "usvideo.fullname" $root }}-{{ .component }}
automountServiceAccountToken: false
# Variables of other services would be taken for settings.
enableServiceLinks: false
securityContext:
  {{- toYaml $defaults.podSecurityContext | nindent 2 }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- range $field := list "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with (get $.conf $field | default (get $defaults $field)) }}
{{ $field }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- if and $defaults.topologySpread.enabled (not .isShort) }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: {{ $defaults.topologySpread.whenUnsatisfiable }}
    labelSelector:
      matchLabels:
        {{- include "usvideo.selector" $ | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end -}}

{{- define "usvideo.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Of a container of ours: alive while it answers, given calls while it says that it can serve them. */}}
{{- define "usvideo.probes" -}}
livenessProbe:
  httpGet: { path: /healthz, port: ops }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: { path: /readyz, port: ops }
  periodSeconds: 5
  timeoutSeconds: 5
  failureThreshold: 3
# A process that is still starting, on a node as busy as may be, is not taken for dead: that would make it busier.
startupProbe:
  httpGet: { path: /healthz, port: ops }
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 300
{{- end -}}

{{- define "usvideo.volumeMounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if and .known.files (eq .root.Values.artifacts.store "disk") }}
- { name: artifacts, mountPath: /data }
{{- end }}
{{- if .known.state }}
- { name: database, mountPath: /etc/us-video-api/database, readOnly: true }
{{- end }}
{{- if and .known.state .root.Values.postgresql.ca.secret }}
- { name: postgresql-ca, mountPath: /etc/us-video-api/postgresql, readOnly: true }
{{- end }}
{{- if .root.Values.caBundle.configMap }}
- { name: ca, mountPath: /etc/us-video-api/ca, readOnly: true }
{{- end }}
{{- end -}}

{{- define "usvideo.volumes" -}}
- name: tmp
  emptyDir: { sizeLimit: {{ .scratchSize | default "256Mi" }} }
{{- if and .known.files (eq .root.Values.artifacts.store "disk") }}
- name: artifacts
  persistentVolumeClaim: { claimName: {{ include "usvideo.artifactsClaim" .root }} }
{{- end }}
{{- if .known.state }}
# Follows the Secret while the pod runs; the variable from the same key keeps the pod waiting where it is missing.
- name: database
  secret: { secretName: {{ include "usvideo.databaseSecret" . }}, optional: true, items: [{ key: {{ include "usvideo.databaseKey" . }}, path: url }] }
{{- end }}
{{- with .root.Values.postgresql.ca }}
{{- if and $.known.state .secret }}
- name: postgresql-ca
  secret: { secretName: {{ .secret }}, items: [{ key: {{ .key }}, path: ca.crt }] }
{{- end }}
{{- end }}
{{- with .root.Values.caBundle }}
{{- if .configMap }}
- name: ca
  configMap: { name: {{ .configMap }}, items: [{ key: {{ .key }}, path: ca.crt }] }
{{- end }}
{{- end }}
{{- end -}}
