package io.decant.ingest.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that has no file descriptor left while the writer begins a segment and the syncer forces one. */
@Timeout(120)
class WriterWithoutDescriptorsTest {

    private static final int DESCRIPTORS = 200;
    private static final String DONE = "the segment is begun and forced";

    @TempDir
    Path dataDir;

    @Test
    void shouldGoOnOnceThereAreDescriptorsAgain() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n " + DESCRIPTORS + "; exec \"$@\"", "sh"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument -> argument.startsWith("--add-"))
                .forEach(command::add);
        command.addAll(List.of("-Xmx128m", "-cp", System.getProperty("java.class.path")));
        command.addAll(List.of(Rolling.class.getName(), dataDir.toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(said).isZero();
        assertThat(said).contains(DONE);
    }

    /** The process. */
    static final class Rolling {

        private static final int DOCUMENT_BYTES = 64;
        /** Longer than a reader tries. */
        private static final int HELD_MILLIS = 6_500;

        private static final int HELD_SHORT_MILLIS = 300;

        private Rolling() {}

        public static void main(String[] arguments) throws Exception {
            try (ChronicleSegmentStore store =
                    new ChronicleSegmentStore(Path.of(arguments[0]), ChronicleSegmentStore.SEGMENT_BYTES_MIN)) {
                // Loads all classes that are needed: that takes descriptors, too.
                document(next(store, 1)).force();
                SegmentStore.SegmentWriter second = next(store, 2);
                document(second);
                store.prepare();

                takeAllFor(HELD_MILLIS);
                CompletableFuture<Void> forced = CompletableFuture.runAsync(() -> force(second));
                SegmentStore.SegmentWriter third = store.activate(3);
                forced.join();

                takeAllFor(HELD_SHORT_MILLIS);
                document(third).force();
                try (SegmentStore.SegmentView view = store.view(3)) {
                    if (view.buffer().get(Math.toIntExact(third.end()) - 1) != 'x') {
                        throw new AssertionError("the document is not in its segment");
                    }
                }
            }
            System.out.println(DONE);
        }

        private static SegmentStore.SegmentWriter next(ChronicleSegmentStore store, long number) throws IOException {
            store.prepare();
            return store.activate(number);
        }

        private static SegmentStore.SegmentWriter document(SegmentStore.SegmentWriter segment) throws IOException {
            segment.begin(DOCUMENT_BYTES);
            ByteBuffer bytes = ByteBuffer.allocateDirect(DOCUMENT_BYTES);
            while (bytes.hasRemaining()) {
                bytes.put((byte) 'x');
            }
            segment.write(new ByteBuffer[] {bytes.flip()}, 1, true);
            return segment;
        }

        private static void force(SegmentStore.SegmentWriter segment) {
            try {
                segment.force();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void takeAllFor(int millis) {
            List<FileChannel> taken = new ArrayList<>();
            try {
                while (true) {
                    taken.add(FileChannel.open(Path.of("/dev/null"), StandardOpenOption.READ));
                }
            } catch (IOException e) {
                CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(() -> giveBack(taken));
            }
        }

        private static void giveBack(List<FileChannel> taken) {
            try {
                for (FileChannel channel : taken) {
                    channel.close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
