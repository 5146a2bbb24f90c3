package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.PartitionAssignment;
import io.decant.ingest.source.kafka.Cluster.Topic;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FeedsTest {

    private final KnownTopic topic = new KnownTopic(PartitionAssignment.GROUP, "a:1").journaled(0, 70);
    private final PartitionFeed feed = topic.feed(0);

    private PartitionState stateAfterLook() {
        topic.feeds().compare(topic.topics(), new BrokerReach(topic, topic.topics(), 0));
        return feed.state();
    }

    /** Nothing would move it back: it is another member's. */
    @Test
    void shouldLeaveAPartitionReleasedWhateverComesOfItsTopic() {
        feed.become(PartitionState.RELEASED, "");
        topic.there.put(KnownTopic.NAME, Topic.refused());
        assertThat(stateAfterLook()).as("may not be looked at").isEqualTo(PartitionState.RELEASED);
        topic.there.put(KnownTopic.NAME, new Topic(topic.id, List.of(""), false));
        assertThat(stateAfterLook()).as("without a leader").isEqualTo(PartitionState.RELEASED);
        topic.there.clear();
        assertThat(stateAfterLook()).as("is not there").isEqualTo(PartitionState.RELEASED);
        topic.there.put(KnownTopic.NAME, new Topic(topic.id, 1));
        topic.topics().refuse(Set.of(KnownTopic.NAME));
        assertThat(stateAfterLook()).as("may not be read").isEqualTo(PartitionState.RELEASED);
    }

    @Test
    void shouldSayOfAPartitionOfOursWhatHasComeOfItsTopic() {
        feed.become(PartitionState.READING, "");
        topic.there.put(KnownTopic.NAME, new Topic(topic.id, List.of(""), false));
        assertThat(stateAfterLook()).isEqualTo(PartitionState.AWAY);
        topic.there.clear();
        assertThat(stateAfterLook()).isEqualTo(PartitionState.MISSING);
        topic.there.put(KnownTopic.NAME, Topic.refused());
        assertThat(stateAfterLook()).isEqualTo(PartitionState.REFUSED);
    }
}
