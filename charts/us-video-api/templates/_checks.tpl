{{/* What the schema cannot say because two values are compared. Each message names the value and the rule. */}}
{{- define "usvideo.checks" -}}
{{- $values := .Values -}}
{{- $names := list -}}
{{- range $index, $fleet := $values.fleets -}}
{{- $path := printf "fleets[%d] (%s)" $index $fleet.name -}}
{{- if has $fleet.name $names }}{{ fail (printf "%s: another fleet has this name" $path) }}{{ end -}}
{{- $names = append $names $fleet.name -}}
{{- $render := $fleet.maxRenderSeconds | default $values.maxRenderSeconds | int -}}
{{- if gt $render ($values.maxRenderSeconds | int) }}{{ fail (printf "%s: maxRenderSeconds is %d and may be at most that of all fleets, %d: the scheduler gives a render no longer" $path $render ($values.maxRenderSeconds | int)) }}{{ end -}}
{{- with $fleet.terminationGracePeriodSeconds -}}
{{- if lt (int .) (add $render 60 | int) }}{{ fail (printf "%s: terminationGracePeriodSeconds is %d and must be at least maxRenderSeconds + 60 = %d, or a render in progress would be killed" $path (int .) (add $render 60)) }}{{ end -}}
{{- end -}}
{{- if and $values.production $fleet.allowProceduralLive }}{{ fail (printf "%s: allowProceduralLive sells test pictures and is refused while production is true" $path) }}{{ end -}}
{{- include "usvideo.checkEngine" (dict "fleet" $fleet "path" $path) -}}
{{- include "usvideo.checkFleetScaling" (dict "root" $ "fleet" $fleet "path" $path) -}}
{{- end -}}
{{- if and $values.production (lt ($values.kafka.replicationFactor | int) 2) }}{{ fail "kafka.replicationFactor is 1 and refused while production is true: a lost broker would lose events" }}{{ end -}}
{{- with $values.kafka -}}
{{- if and .sasl.mechanism (not .sasl.username) }}{{ fail (printf "kafka.sasl.username is required with kafka.sasl.mechanism %s" .sasl.mechanism) }}{{ end -}}
{{- if and (eq .sasl.mechanism "oauthbearer") (not .sasl.oauth.tokenUrl) }}{{ fail "kafka.sasl.oauth.tokenUrl is required with kafka.sasl.mechanism oauthbearer" }}{{ end -}}
{{- if and .sasl.oauth.tokenUrl (ne .sasl.mechanism "oauthbearer") }}{{ fail "kafka.sasl.oauth.tokenUrl is set, but kafka.sasl.mechanism is not oauthbearer" }}{{ end -}}
{{- if and .tls.client.secret (not .tls.enabled) }}{{ fail "kafka.tls.client.secret is set, but kafka.tls.enabled is false: a certificate is shown over TLS only" }}{{ end -}}
{{- end -}}
{{- if and (eq $values.artifacts.store "s3") (not $values.artifacts.s3.bucket) }}{{ fail "artifacts.s3.bucket is required with artifacts.store s3" }}{{ end -}}
{{- if and $values.ingress.enabled (not $values.ingress.host) }}{{ fail "ingress.host is required with ingress.enabled" }}{{ end -}}
{{- if and $values.gatewayApi.enabled (not $values.gatewayApi.parentRefs) }}{{ fail "gatewayApi.parentRefs is required with gatewayApi.enabled" }}{{ end -}}
{{- with $values.secrets.externalSecret -}}
{{- if and .enabled (not (and .storeRef.name .remoteKey)) }}{{ fail "secrets.externalSecret.storeRef.name and secrets.externalSecret.remoteKey are required with secrets.externalSecret.enabled" }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "usvideo.checkFleetScaling" -}}
{{- with .fleet.autoscaling -}}
{{- if ne .type "none" -}}
{{- if not .maxReplicas }}{{ fail (printf "%s: autoscaling.maxReplicas is required with autoscaling.type %s" $.path .type) }}{{ end -}}
{{- if gt (.minReplicas | default 0 | int) (int .maxReplicas) }}{{ fail (printf "%s: autoscaling.minReplicas is above autoscaling.maxReplicas" $.path) }}{{ end -}}
{{- if not .jobClass }}{{ fail (printf "%s: autoscaling.jobClass is required: whose wanted slots the fleet follows" $.path) }}{{ end -}}
{{- end -}}
{{- if and (eq .type "keda") (not $.root.Values.autoscaling.prometheusUrl) }}{{ fail (printf "%s: autoscaling.prometheusUrl (of all fleets) is required with autoscaling.type keda" $.path) }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "usvideo.checkEngine" -}}
{{- $url := dig "engine" "url" "" .fleet -}}
{{- if has "openai-videos" .fleet.engines -}}
{{- if and $url .fleet.sidecar }}{{ fail (printf "%s: engine.url and sidecar are both set: a worker drives one engine" .path) }}{{ end -}}
{{- if not (or $url .fleet.sidecar) }}{{ fail (printf "%s: engine.url or sidecar is required by the engine openai-videos" .path) }}{{ end -}}
{{- else if $url }}{{ fail (printf "%s: engine.url is set, but openai-videos is not among its engines" .path) }}{{ end -}}
{{- end -}}

{{- define "usvideo.checkSettings" -}}
{{- range $name, $_ := .settings -}}
{{- if hasKey $.taken $name }}{{ fail (printf "%s.settings.%s: the chart sets this one itself, from other values" $.path $name) }}{{ end -}}
{{- end -}}
{{- end -}}
