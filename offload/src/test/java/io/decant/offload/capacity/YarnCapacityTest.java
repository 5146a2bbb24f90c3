package io.decant.offload.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.offload.capacity.YarnCapacity.NodeCapacity;
import io.decant.offload.staging.BlockFileLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** The law against a model that puts containers on nodes one by one. */
class YarnCapacityTest {

    private static final Resources MASTER = new Resources(896, 1);
    private static final Resources UNBOUNDED = new Resources(Long.MAX_VALUE, Integer.MAX_VALUE);

    @Test
    void shouldCountMemoryAndCoresOfEachNodeLessTheMaster() {
        YarnCapacity cluster = cluster(new Resources(8192, 8), new Resources(8192, 3));
        // 3 by memory on the first, 3 by cores on the second; the master takes one's place on either.
        assertThat(cluster.executors(new Resources(2432, 1), MASTER)).isEqualTo(5);
    }

    @Test
    void shouldNotAddUpWhatIsFreeOnDifferentNodes() {
        YarnCapacity cluster = cluster(new Resources(2000, 4), new Resources(2000, 4));
        assertThat(cluster.executors(new Resources(2432, 1), MASTER)).isZero();
    }

    @Test
    void shouldFindNoRoomForWhatIsLargerThanAContainerMayBe() {
        YarnCapacity cluster = new YarnCapacity(
                List.of(node(new Resources(64_000, 64))), Optional.empty(), new Resources(8192, 4), 1024);
        assertThat(cluster.executors(new Resources(8193, 1), MASTER)).isZero();
        assertThat(cluster.executors(new Resources(8192, 5), MASTER)).isZero();
        assertThat(cluster.executors(new Resources(8192, 4), MASTER)).isEqualTo(7);
    }

    @Test
    void shouldCountMemoryInYarnsSteps() {
        YarnCapacity cluster =
                new YarnCapacity(List.of(node(new Resources(9216, 64))), Optional.empty(), UNBOUNDED, 1024);
        // 1,025 are 2,048 there, and the master's 896 are 1,024.
        assertThat(cluster.executors(new Resources(1025, 1), MASTER)).isEqualTo(4);
    }

    @Property
    void shouldHaveRoomForAsManyWhereverTheMasterLies(
            @ForAll("clusters") YarnCapacity cluster, @ForAll("containers") Resources executor) {
        int executors = cluster.executors(executor, MASTER);
        List<Integer> placed = IntStream.range(0, cluster.nodes().size())
                .filter(host -> cluster.nodes().get(host).free().holds(MASTER))
                .mapToObj(host -> place(cluster, executor, host))
                .toList();
        // As many as have room in the worst case: one more would not.
        assertThat(executors).isEqualTo(placed.stream().min(Integer::compare).orElse(0));
    }

    @Property
    void shouldStayWithinTheQueue(
            @ForAll("clusters") YarnCapacity cluster,
            @ForAll("containers") Resources executor,
            @ForAll("containers") Resources queueFree) {
        YarnCapacity bounded = new YarnCapacity(cluster.nodes(), Optional.of(queueFree), UNBOUNDED, 1);
        int executors = bounded.executors(executor, MASTER);
        assertThat(executors).isBetween(0, cluster.executors(executor, MASTER));
        Resources left = queueFree.minus(MASTER);
        for (int i = 0; i < executors; i++) {
            left = left.minus(executor);
        }
        assertThat(executors == 0 || left.holds(Resources.NONE)).isTrue();
    }

    @Property
    void shouldNotFindLessWithANodeMore(
            @ForAll("clusters") YarnCapacity cluster,
            @ForAll("containers") Resources executor,
            @ForAll("containers") Resources another) {
        List<NodeCapacity> nodes = new ArrayList<>(cluster.nodes());
        nodes.add(node(another));
        YarnCapacity larger = new YarnCapacity(nodes, Optional.empty(), UNBOUNDED, 1);
        assertThat(larger.executors(executor, MASTER)).isGreaterThanOrEqualTo(cluster.executors(executor, MASTER));
    }

    @Property
    void shouldDoEveryTaskInAsFewWavesAsThereAreCores(
            @ForAll("counts") long bytes,
            @ForAll @LongRange(min = 1, max = BlockFileLimits.BYTES_MAX) long fileBytes,
            @ForAll("few") int executors,
            @ForAll("few") int cores) {
        JobEstimate job = JobEstimate.of(bytes, new BlockFileLimits(fileBytes, 1), executors, cores);
        assertThat(job.tasks() * fileBytes).isGreaterThanOrEqualTo(bytes);
        long slots = (long) executors * cores;
        assertThat(job.waves() * slots).isGreaterThanOrEqualTo(job.tasks());
        assertThat((job.waves() - 1) * slots).isLessThan(job.tasks());
    }

    @Test
    void shouldBecomeTwelveTasksOfHalfAnotherGigabyte() {
        BlockFileLimits limits = BlockFileLimits.forBlocksOf(128L << 20);
        JobEstimate job = JobEstimate.of(3L << 29, limits, 2, 2);
        assertThat(job.tasks()).isEqualTo(12);
        assertThat(job.waves()).isEqualTo(3);
        assertThat(JobEstimate.of(1, limits, 0, 2).waves()).isZero();
    }

    /** Puts the master on one node, then executors wherever there is room, until there is none. */
    private static int place(YarnCapacity cluster, Resources executor, int host) {
        List<Resources> free = new ArrayList<>();
        cluster.nodes().forEach(node -> free.add(node.free()));
        free.set(host, free.get(host).minus(MASTER));
        int placed = 0;
        for (int node = 0; node < free.size(); node++) {
            while (free.get(node).holds(executor)) {
                free.set(node, free.get(node).minus(executor));
                placed++;
            }
        }
        return placed;
    }

    @Provide
    Arbitrary<YarnCapacity> clusters() {
        Arbitrary<Resources> free = Combinators.combine(
                        Arbitraries.longs().between(-100, 20_000),
                        Arbitraries.integers().between(-1, 20))
                .as(Resources::new);
        return free.list().ofMaxSize(6).map(all -> cluster(all.toArray(Resources[]::new)));
    }

    @Provide
    Arbitrary<Resources> containers() {
        return Combinators.combine(
                        Arbitraries.longs().between(1, 10_000),
                        Arbitraries.integers().between(1, 10))
                .as(Resources::new);
    }

    @Provide
    Arbitrary<Long> counts() {
        return Arbitraries.longs().between(1, 1L << 40);
    }

    @Provide
    Arbitrary<Integer> few() {
        return Arbitraries.integers().between(1, 1000);
    }

    private static YarnCapacity cluster(Resources... free) {
        return new YarnCapacity(
                Arrays.stream(free).map(YarnCapacityTest::node).toList(), Optional.empty(), UNBOUNDED, 1);
    }

    private static NodeCapacity node(Resources free) {
        return new NodeCapacity("node", free, free);
    }
}
