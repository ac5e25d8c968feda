#!/bin/sh
exec java ${KAFKA_HEAP_OPTS:-} -Dorg.slf4j.simpleLogger.defaultLogLevel=error -cp '/opt/kafka/libs/*' org.apache.kafka.tools.TopicCommand "$@"
