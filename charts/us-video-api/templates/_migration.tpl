{{- define "usvideo.migration" -}}
backoffLimit: {{ .root.Values.migrations.backoffLimit }}
template:
  metadata:
    {{- include "usvideo.podMetadata" . | nindent 4 }}
  spec:
    {{- include "usvideo.podSpec" (merge (dict "isShort" true) .) | nindent 4 }}
    restartPolicy: OnFailure
    containers:
      - name: migrate
        image: {{ include "usvideo.image" . }}
        imagePullPolicy: {{ .root.Values.image.pullPolicy }}
        args: [node, service/dist/migrate.js]
        securityContext:
          {{- include "usvideo.containerSecurity" . | nindent 10 }}
        env:
          - { name: LOG_LEVEL, value: {{ .root.Values.logLevel }} }
          {{- include "usvideo.databaseUrl" . | nindent 10 }}
        resources: { requests: { cpu: 50m, memory: 128Mi, ephemeral-storage: 16Mi }, limits: { memory: 512Mi, ephemeral-storage: 256Mi } }
        volumeMounts:
          {{- include "usvideo.volumeMounts" (merge (dict "isShort" true) .) | nindent 10 }}
    volumes:
      {{- include "usvideo.volumes" (merge (dict "isShort" true) .) | nindent 6 }}
{{- end -}}
