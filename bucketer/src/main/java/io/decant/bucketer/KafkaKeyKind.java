package io.decant.bucketer;

/** {@code kafka-key}: the key beside the value of a Kafka record. */
final class KafkaKeyKind extends KeyKind {

    KafkaKeyKind() {
        super("kafka-key");
    }

    @Override
    String form() {
        return name();
    }

    @Override
    String canonical(String argument) {
        return argument;
    }

    @Override
    boolean isBesideRecord() {
        return true;
    }

    @Override
    Extractors extractors(String argument, String text, KeyRules rules) {
        return KafkaKeyExtractor::new;
    }

    @Override
    boolean isBytes() {
        return true;
    }
}
