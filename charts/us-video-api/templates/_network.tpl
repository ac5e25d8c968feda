{{/* Peers of a policy: pods of a component of this release. */}}
{{- define "usvideo.peer" -}}
- podSelector:
    matchLabels:
      {{- include "usvideo.selector" . | nindent 6 }}
{{- end -}}

{{/* Any public address, whatever the port: customers choose theirs. */}}
{{- define "usvideo.public" -}}
- ipBlock: { cidr: 0.0.0.0/0, except: {{ .Values.networkPolicy.privateRanges | toJson }} }
- ipBlock: { cidr: "::/0", except: {{ .Values.networkPolicy.privateRanges6 | toJson }} }
{{- range .Values.outbound.allowCidrs }}
- ipBlock: { cidr: {{ . | quote }} }
{{- end }}
{{- end -}}

{{/* A rule to peers that the values name (none: any address), at ports. */}}
{{- define "usvideo.egressTo" -}}
- ports:
    {{- range .ports | uniq }}
    - { protocol: TCP, port: {{ . }} }
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "usvideo.kafkaPorts" -}}
{{- $ports := list -}}
{{- range .Values.kafka.brokers }}{{ $ports = append $ports (regexFind "[0-9]+$" . | int) }}{{ end -}}
{{- $ports | uniq | toJson -}}
{{- end -}}

{{/* Of a URL, also where it does not say it. */}}
{{- define "usvideo.portOf" -}}
{{- $url := urlParse . -}}
{{- regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (eq $url.scheme "https" | ternary "443" "80") -}}
{{- end -}}
