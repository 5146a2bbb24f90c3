package io.decant.ingest.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.LetterFilter;
import io.decant.ingest.deadletter.Reason;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A sink that throws stops alone, whatever it throws, unless the JVM itself is in trouble. */
class ThrowingSinkTest {

    @TempDir
    Path temp;

    private LetterReplayWorld world;

    @BeforeEach
    void open() {
        world = new LetterReplayWorld(temp);
        world.give(new DeadLetter("api", 1, 0, 0, Reason.REFUSED, 400, "no", "a".getBytes(UTF_8), null));
    }

    @AfterEach
    void close() {
        world.close();
    }

    static Stream<Supplier<Throwable>> thrown() {
        return Stream.of(
                () -> new IllegalStateException("unforeseen"),
                () -> new AssertionError("unforeseen"),
                () -> new StackOverflowError("unforeseen"),
                () -> new NoClassDefFoundError("unforeseen"),
                () -> new OutOfMemoryError("unforeseen"));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void shouldStopAlone(Supplier<Throwable> thrown) {
        deliver(thrown);
        assertThat(world.pipeline.stoppedSinks()).containsExactly("api");
    }

    @Test
    void shouldLetTroubleOfTheJvmThrough() {
        assertThatThrownBy(() -> deliver(() -> new InternalError("a fault in a mapped file")))
                .isInstanceOf(InternalError.class);
    }

    private void deliver(Supplier<Throwable> thrown) {
        // The other one is given nothing.
        world.newSink = name -> new StuckSink(name, () -> raise(thrown.get()));
        world.open();
        var unused = world.replay(LetterFilter.ALL);
        world.settle();
        world.pipeline.cutAll();
        world.settle();
    }

    private static void raise(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) failure;
    }
}
