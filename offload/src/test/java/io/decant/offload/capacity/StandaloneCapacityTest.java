package io.decant.offload.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.offload.capacity.YarnCapacity.NodeCapacity;
import io.decant.offload.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StandaloneCapacityTest {

    private static final StandaloneCapacity CLUSTER = new StandaloneCapacity(List.of(
            new NodeCapacity("one:1", new Resources(4_096, 4), new Resources(1_024, 4)),
            new NodeCapacity("two:2", new Resources(8_192, 2), new Resources(8_192, 1))));

    /** Each has to have room on one worker. */
    @Test
    void shouldCountExecutorsWorkerByWorker() {
        assertThat(CLUSTER.total()).isEqualTo(new Resources(12_288, 6));
        assertThat(CLUSTER.free()).isEqualTo(new Resources(9_216, 5));
        assertThat(CLUSTER.executors(new Resources(1_024, 1))).isEqualTo(2);
        assertThat(CLUSTER.executors(new Resources(1_025, 2))).isZero();
        assertThat(CLUSTER.whenIdle().executors(new Resources(1_024, 2))).isEqualTo(3);
        assertThat(new StandaloneCapacity(List.of()).executors(new Resources(1, 1)))
                .isZero();
    }

    @Test
    void shouldTravelBetweenProcesses() throws Exception {
        MasterAnswer answer = new MasterAnswer("", CLUSTER.workers());
        assertThat(Json.read(Json.text(answer), MasterAnswer.class)).isEqualTo(answer);
        MasterQuestion question = new MasterQuestion("spark://h:7077", Map.of("spark.x", "y"));
        assertThat(Json.read(Json.text(question), MasterQuestion.class)).isEqualTo(question);
    }
}
