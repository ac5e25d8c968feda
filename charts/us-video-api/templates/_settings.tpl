{{/* The environment of a service: what follows from the picture and the values. `settings` come last and may not touch these. */}}
{{- define "usvideo.environment" -}}
{{- $root := .root -}}
{{- $values := $root.Values -}}
{{- $known := index (include "usvideo.picture" . | fromYaml) .service -}}
{{- $secret := include "usvideo.secret" $root -}}
{{- $plain := dict "LOG_LEVEL" $values.logLevel -}}
{{- range $known.calls -}}
{{- $_ := set $plain (printf "%s_GRPC_URL" (upper .)) (printf "dns:///%s-%s:9000" (include "usvideo.fullname" $root) .) -}}
{{- end -}}
{{- if $known.state }}{{ $plain = merge $plain (include "usvideo.kafkaSettings" $root | fromYaml) }}{{ end -}}
{{- if $known.state }}{{ $_ := set $plain "DATABASE_URL_FILE" "/etc/us-video-api/database/url" }}{{ end -}}
{{- if $known.state }}{{ $_ := set $plain "DATABASE_MIGRATIONS" ($values.migrations.job | ternary "await" "apply") }}{{ end -}}
{{- if $known.goesOut }}{{ $plain = merge $plain (include "usvideo.outboundSettings" $root | fromYaml) }}{{ end -}}
{{- if $known.files }}{{ $plain = merge $plain (include "usvideo.artifactSettings" $root | fromYaml) }}{{ end -}}
{{- with $values.tracing.endpoint }}{{ $_ := set $plain "OTEL_EXPORTER_OTLP_ENDPOINT" . }}{{ end -}}
{{- with $values.caBundle.configMap }}{{ $_ := set $plain "NODE_EXTRA_CA_CERTS" "/etc/us-video-api/ca/ca.crt" }}{{ end -}}
{{- $plain = merge $plain (include "usvideo.proxySettings" $root | fromYaml) -}}
{{- $plain = merge $plain (include (printf "usvideo.settings.%s" .service) . | fromYaml) -}}
{{- include "usvideo.checkSettings" (dict "settings" .settings "taken" $plain "path" .path) -}}
{{- range $name, $value := mergeOverwrite $plain (.settings | default dict) }}
- name: {{ $name }}
  value: {{ $value | toString | quote }}
{{- end }}
- name: SERVICE_TOKEN
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: token-{{ .service }} } }
{{- if not (has .service (list "gateway" "render-fleet")) }}
{{- $callers := include "usvideo.callersOf" (dict "callee" .service) | fromJsonArray }}
{{- $tokens := list }}
{{- range $caller := $callers }}
{{- $variable := printf "TOKEN_OF_%s" ($caller | upper | replace "-" "_") }}
{{- $tokens = append $tokens (printf "%s=$(%s)" $caller $variable) }}
- name: {{ $variable }}
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: token-{{ $caller }} } }
{{- if has $caller $values.secrets.nextTokens }}
{{- $tokens = append $tokens (printf "%s=$(NEXT_%s)" $caller $variable) }}
- name: NEXT_{{ $variable }}
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: token-{{ $caller }}-next } }
{{- end }}
{{- end }}
- name: CALLER_TOKENS
  value: {{ join "," $tokens | quote }}
{{- end }}
{{- range $name, $key := $known.own }}
- name: {{ $name }}
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: {{ $key }} } }
{{- end }}
{{- if $known.state }}
{{ include "usvideo.databaseUrl" . }}
{{- with $values.kafka.sasl }}
{{- if .mechanism }}
- name: KAFKA_SASL_PASSWORD
  valueFrom: { secretKeyRef: { name: {{ .password.secret | default $secret }}, key: {{ .password.key }} } }
{{- end }}
{{- end }}
{{- with $values.kafka.tls }}
{{- if and .enabled .ca.secret }}
- name: KAFKA_SSL_CA
  valueFrom: { secretKeyRef: { name: {{ .ca.secret }}, key: {{ .ca.key }} } }
{{- end }}
{{- if .client.secret }}
- name: KAFKA_SSL_CERT
  valueFrom: { secretKeyRef: { name: {{ .client.secret }}, key: {{ .client.certificate }} } }
- name: KAFKA_SSL_KEY
  valueFrom: { secretKeyRef: { name: {{ .client.secret }}, key: {{ .client.key }} } }
{{- end }}
{{- end }}
{{- end }}
{{- if and $known.files (eq $values.artifacts.store "s3") }}
{{- with $values.artifacts.s3.credentials }}
{{- if .secret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom: { secretKeyRef: { name: {{ .secret }}, key: {{ .accessKeyId }} } }
- name: AWS_SECRET_ACCESS_KEY
  valueFrom: { secretKeyRef: { name: {{ .secret }}, key: {{ .secretAccessKey }} } }
{{- end }}
{{- end }}
{{- end }}
{{- if eq .service "render-fleet" }}
{{- with dig "engine" "apiKey" dict .fleet }}
- name: ENGINE_API_KEY
  valueFrom: { secretKeyRef: { name: {{ .secret | default $secret }}, key: {{ .key | default "engine-api-key" }} } }
{{- end }}
{{- end }}
{{- if eq .service "accounts" }}
- name: SECRETS_KEY
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: accounts-secrets-key, optional: true } }
{{- if $values.mail.enabled }}
- name: MAIL_URL
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: mail-url } }
{{- end }}
{{- if $values.oidc.issuerUrl }}
- name: OIDC_CLIENT_SECRET
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: oidc-client-secret } }
{{- end }}
{{- end }}
{{- if eq .service "ledger" }}
{{- $isOptional := ne $values.payments.provider "stripe" }}
- name: STRIPE_SECRET_KEY
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: stripe-secret-key, optional: {{ $isOptional }} } }
- name: STRIPE_WEBHOOK_SECRET
  valueFrom: { secretKeyRef: { name: {{ $secret }}, key: stripe-webhook-secret, optional: {{ $isOptional }} } }
{{- end }}
{{- end -}}

{{- define "usvideo.databaseUrl" -}}
- name: DATABASE_URL
  valueFrom: { secretKeyRef: { name: {{ include "usvideo.databaseSecret" . }}, key: {{ include "usvideo.databaseKey" . }} } }
{{- end -}}

{{- define "usvideo.databaseSecret" -}}
{{- dig "database" "secret" "" (index .root.Values.services .service) | default (include "usvideo.secret" .root) -}}
{{- end -}}

{{- define "usvideo.databaseKey" -}}
{{- dig "database" "key" "" (index .root.Values.services .service) | default (printf "database-url-%s" .service) -}}
{{- end -}}

{{- define "usvideo.kafkaSettings" -}}
{{- with .Values.kafka }}
KAFKA_BROKERS: {{ join "," .brokers }}
KAFKA_SSL: {{ .tls.enabled | quote }}
KAFKA_REPLICATION_FACTOR: {{ .replicationFactor | quote }}
{{- with .namePrefix }}
KAFKA_NAME_PREFIX: {{ . | quote }}
{{- end }}
{{- with .sasl.mechanism }}
KAFKA_SASL_MECHANISM: {{ . }}
KAFKA_SASL_USERNAME: {{ $.Values.kafka.sasl.username | quote }}
{{- if eq . "oauthbearer" }}
KAFKA_OAUTH_TOKEN_URL: {{ $.Values.kafka.sasl.oauth.tokenUrl | quote }}
{{- with $.Values.kafka.sasl.oauth.scope }}
KAFKA_OAUTH_SCOPE: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "usvideo.artifactSettings" -}}
DATA_DIR: /data
ARTIFACT_STORE: {{ .Values.artifacts.store }}
{{- if eq .Values.artifacts.store "s3" }}
{{- with .Values.artifacts.s3 }}
S3_BUCKET: {{ .bucket | quote }}
S3_REGION: {{ .region | quote }}
S3_PATH_STYLE: {{ .pathStyle | quote }}
{{- with .endpoint }}
S3_ENDPOINT: {{ . | quote }}
{{- end }}
{{- with .publicEndpoint }}
S3_PUBLIC_ENDPOINT: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "usvideo.outboundSettings" -}}
{{- with .Values.outbound.allowCidrs }}
OUTBOUND_ALLOW_CIDRS: {{ join "," . | quote }}
{{- end }}
{{- with .Values.outbound.proxy }}
OUTBOUND_PROXY: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* Of Node itself, but for the agents that a library makes: libs/runtime/src/http/environment-proxy.ts. */}}
{{- define "usvideo.proxySettings" -}}
{{- with .Values.egressProxy.url }}
NODE_USE_ENV_PROXY: "1"
HTTP_PROXY: {{ . | quote }}
HTTPS_PROXY: {{ . | quote }}
NO_PROXY: {{ concat (list "localhost" "127.0.0.1" "::1" ".svc" ".cluster.local") $.Values.egressProxy.except | join "," | quote }}
{{- end }}
{{- end -}}

{{- define "usvideo.settings.gateway" -}}
{{- $values := .root.Values }}
{{- include "usvideo.outboundSettings" .root }}
DASHBOARD_DIR: /app/dashboard
PUBLIC_URL: {{ $values.publicUrl | quote }}
REGISTRATION: {{ $values.registration }}
SIGNUP_CREDIT_USD: {{ $values.signupCreditUsd | quote }}
TRUSTED_PROXIES: {{ join "," $values.trustedProxies | quote }}
ADMIN_HOST: {{ $values.services.gateway.admin.service | ternary "0.0.0.0" "127.0.0.1" }}
GATEWAY_REPLICAS: {{ include "usvideo.replicasMax" $values.services.gateway | quote }}
{{- with $values.supportUrl }}
SUPPORT_URL: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "usvideo.settings.accounts" -}}
GRPC_LISTEN: 0.0.0.0:9000
PUBLIC_URL: {{ .root.Values.publicUrl | quote }}
{{- with .root.Values.mail.from }}
MAIL_FROM: {{ . | quote }}
{{- end }}
{{- if and .root.Values.mail.enabled .root.Values.mail.viaProxy .root.Values.egressProxy.url }}
MAIL_PROXY: {{ .root.Values.egressProxy.url | quote }}
{{- end }}
{{- with .root.Values.oidc }}
{{- if .issuerUrl }}
OIDC_ISSUER_URL: {{ .issuerUrl | quote }}
OIDC_CLIENT_ID: {{ .clientId | quote }}
OIDC_NAME: {{ .name | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "usvideo.settings.ledger" -}}
GRPC_LISTEN: 0.0.0.0:9000
PAYMENT_PROVIDER: {{ .root.Values.payments.provider }}
{{- include "usvideo.settings.models" . }}
{{- end -}}

{{- define "usvideo.settings.scheduler" -}}
{{- $values := .root.Values }}
GRPC_LISTEN: 0.0.0.0:9000
PUBLIC_URL: {{ $values.publicUrl | quote }}
RENDER_TIMEOUT_MS: {{ mul $values.maxRenderSeconds 1000 | quote }}
{{- include "usvideo.settings.models" . }}
{{- end -}}

{{- define "usvideo.settings.models" -}}
{{- with .root.Values.modelsFile | default (and .root.Values.models (toJson .root.Values.models)) }}
MODELS: {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "usvideo.settings.webhooks" -}}
GRPC_LISTEN: 0.0.0.0:9000
{{- end -}}

{{- define "usvideo.settings.render-fleet" -}}
{{- $fleet := .fleet }}
{{- with include "usvideo.engineUrl" . }}
ENGINE_URL: {{ . | quote }}
{{- end }}
ENGINES: {{ join "," $fleet.engines }}
SCRATCH_DIR: /tmp/scratch
ARTIFACT_RETENTION_HOURS: {{ .root.Values.artifacts.retentionHours | quote }}
ALLOW_PROCEDURAL_LIVE: {{ $fleet.allowProceduralLive | default false | quote }}
DRAIN_TIMEOUT_MS: {{ include "usvideo.drainSeconds" . | int | mul 1000 | quote }}
{{- end -}}

{{/* How many there may be at most. */}}
{{- define "usvideo.replicasMax" -}}
{{- if dig "autoscaling" "enabled" false . }}{{ .autoscaling.maxReplicas }}{{ else }}{{ .replicas }}{{ end -}}
{{- end -}}
