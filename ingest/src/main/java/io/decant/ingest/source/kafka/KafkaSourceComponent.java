package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import io.decant.ingest.source.Source;
import io.decant.ingest.source.SourceComponent;
import io.decant.ingest.source.SourceContext;
import io.decant.ingest.source.SourceException;
import io.decant.ingest.source.SourceNeeds;
import io.decant.ingest.source.SourceType;
import java.util.ArrayList;
import java.util.List;

/** {@code type: kafka}. */
public record KafkaSourceComponent(String name, KafkaSourceSettings settings) implements SourceComponent {

    public static final SourceType<KafkaSourceSettings> TYPE =
            new SourceType<>(KafkaSourceSettings.TYPE, KafkaSourceSettings.class, KafkaSourceComponent::new);

    /** Connections to brokers. */
    private static final int DESCRIPTORS = 16;
    /** An answer is in memory as it came, and unpacked. */
    private static final int COPIES_OF_ANSWER = 2;

    @Override
    public Source create(SourceContext context) {
        return new KafkaSource(name, settings, context.clock(), context.dataDir());
    }

    @Override
    public SourceNeeds needs() {
        long answer = ClientConfig.FETCH_BYTES_MAX;
        long longest = Math.max(answer, settings.maxRecord().bytes());
        return SourceNeeds.ofClient(
                DESCRIPTORS, COPIES_OF_ANSWER * answer, COPIES_OF_ANSWER * longest, "what Kafka brokers answer");
    }

    /** Properties that Kafka's consumer does not take, and those that look like a slip. */
    @Override
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        try {
            ConsumerProperties.check(name, settings);
        } catch (SourceException e) {
            problems.add(e.getMessage());
        }
        problems.addAll(ConsumerProperties.slips(name, settings));
        return problems;
    }

    /** Properties that Kafka does not know, and that are no slip: they may be a plug-in's. */
    @Override
    public List<String> hints() {
        return ConsumerProperties.unknown(name, settings);
    }

    @Override
    public List<String> connectionProblems() {
        return ClusterProbe.problems(name, settings);
    }
}
