package io.decant.ingest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class QueuedWriterTest {
    private static final long PATIENCE_MILLIS = 30_000;

    private final AtomicLong dropped = new AtomicLong();

    /** Takes nothing until it is opened. */
    private static final class Pipe extends Writer {
        private final CountDownLatch opened = new CountDownLatch(1);
        private final StringWriter taken = new StringWriter();

        @Override
        public void write(char[] chars, int offset, int length) {
            try {
                opened.await();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            taken.write(chars, offset, length);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private QueuedWriter to(Writer target) {
        return new QueuedWriter(target, "test-stderr", dropped::addAndGet, lines -> "(" + lines + " dropped)\n");
    }

    @Test
    void shouldPassOnWholeLinesInOrder() {
        StringWriter target = new StringWriter();
        QueuedWriter queued = to(target);
        PrintWriter err = new PrintWriter(queued, true);
        err.println("one");
        err.print("two\n");
        err.flush();
        err.printf("three%n");
        assertThat(queued.awaitWritten(PATIENCE_MILLIS)).isTrue();
        assertThat(target.toString()).isEqualTo("one\ntwo\nthree\n");
        assertThat(dropped).hasValue(0);
    }

    @Test
    void shouldNeverWaitForAReaderAndSayWhatIsMissing() {
        Pipe pipe = new Pipe();
        QueuedWriter queued = to(pipe);
        PrintWriter err = new PrintWriter(queued, true);
        String line = "x".repeat(1_000);
        int sent = 2_000;
        for (int i = 0; i < sent; i++) {
            err.println(line);
        }
        assertThat(dropped.get()).isPositive();
        assertThat(queued.awaitWritten(10)).isFalse();
        pipe.opened.countDown();
        assertThat(queued.awaitWritten(PATIENCE_MILLIS)).isTrue();
        err.println("after");
        assertThat(queued.awaitWritten(PATIENCE_MILLIS)).isTrue();
        List<String> lines = new ArrayList<>(pipe.taken.toString().lines().toList());
        assertThat(lines.remove(lines.size() - 1)).isEqualTo("after");
        assertThat(lines.remove(lines.size() - 1)).isEqualTo("(" + dropped.get() + " dropped)");
        assertThat(lines).hasSize((int) (sent - dropped.get())).allMatch(line::equals);
        assertThat((long) lines.size() * (line.length() + 1))
                .isBetween(QueuedWriter.CHARS_MAX / 2L, 2L * QueuedWriter.CHARS_MAX);
    }

    @Test
    void shouldOutliveATargetThatFails() {
        QueuedWriter queued = to(new Writer() {
            @Override
            public void write(char[] chars, int offset, int length) throws IOException {
                throw new IOException("Broken pipe");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        });
        PrintWriter err = new PrintWriter(queued, true);
        err.println("one");
        err.println("two");
        assertThat(queued.awaitWritten(PATIENCE_MILLIS)).isTrue();
    }

    @Test
    void shouldDropNothingOfALineThatIsLongerThanTheBoundWhereNothingWaits() {
        StringWriter target = new StringWriter();
        QueuedWriter queued = to(target);
        String line = "x".repeat(QueuedWriter.CHARS_MAX + 1);
        new PrintWriter(queued, true).println(line);
        assertThat(queued.awaitWritten(PATIENCE_MILLIS)).isTrue();
        assertThat(target.toString()).startsWith(line);
    }
}
