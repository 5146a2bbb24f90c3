package io.decant.loadtest.receive;

import io.decant.harness.ReceivedPart;
import io.decant.loadtest.load.LoadException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;

/**
 * An HTTP server for the parts of buckets that answers each with 200 once it is whole. One thread; a body costs it the
 * copy out of the kernel and nothing more, and over TLS what is decrypted.
 */
public final class CountingReceiver implements AutoCloseable {

    private static final int READ_BYTES = 1 << 20;
    private static final long STALL_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);
    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final DeliveryLedger ledger = new DeliveryLedger();
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(READ_BYTES);
    private final Selector selector;
    private final ServerSocketChannel listener;
    private final Optional<SSLContext> tls;
    private final long answerNanos;
    /** What is answered later, the first to be answered first. */
    private final Deque<Later> later = new ArrayDeque<>();

    private volatile boolean isStalled;

    /** A request that was whole, and is answered at {@code nanos}. */
    private record Later(Connection connection, long nanos) {}

    /** Listens on a free port of the loopback interface. */
    public CountingReceiver() {
        this(Optional.empty());
    }

    /** @param tls with the receiver's key; empty: without TLS */
    public CountingReceiver(Optional<SSLContext> tls) {
        this(tls, Duration.ZERO);
    }

    /** @param answerAfter how long a request takes, once it is whole */
    public CountingReceiver(Optional<SSLContext> tls, Duration answerAfter) {
        this.tls = tls;
        this.answerNanos = answerAfter.toNanos();
        try {
            selector = Selector.open();
            listener = ServerSocketChannel.open();
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            listener.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
        } catch (IOException e) {
            throw new LoadException("no receiver: " + e, e);
        }
        Thread thread = new Thread(this::run, "counting-receiver");
        thread.setDaemon(true);
        thread.start();
    }

    /** One connection, and how many answers it still has to get. */
    private final class Connection {
        private final SocketChannel socket;
        private final SelectionKey key;
        private final Optional<TlsSocket> secured;
        private final RequestReader requests = new RequestReader(this::request);
        private final Deque<ByteBuffer> answers = new ArrayDeque<>();

        Connection(SocketChannel socket) throws IOException {
            this.socket = socket;
            socket.configureBlocking(false);
            this.key = socket.register(selector, SelectionKey.OP_READ, this);
            this.secured = tls.isPresent() ? Optional.of(new TlsSocket(socket, tls.get())) : Optional.empty();
        }

        private void request(ReceivedPart part, long bodyBytes) {
            long now = System.nanoTime();
            ledger.take(part, bodyBytes, now);
            if (answerNanos == 0) {
                answers.add(ByteBuffer.wrap(ANSWER));
            } else {
                later.add(new Later(this, now + answerNanos));
            }
        }

        private void answerNow() {
            try {
                if (key.isValid()) {
                    answers.add(ByteBuffer.wrap(ANSWER));
                    answer();
                }
            } catch (IOException e) {
                drop();
            }
        }

        private void attend() {
            try {
                boolean goesOn = !key.isReadable() || read(buffer.clear());
                if (key.isReadable()) {
                    requests.read(buffer.flip());
                }
                answer();
                if (!goesOn) {
                    socket.close();
                }
            } catch (IllegalArgumentException | ArithmeticException e) {
                ledger.refused(e.toString());
                drop();
            } catch (IOException e) {
                // Reset by a server that was killed: what was not whole was not received.
                drop();
            }
        }

        private boolean read(ByteBuffer into) throws IOException {
            return secured.isPresent() ? secured.get().read(into) : socket.read(into) >= 0;
        }

        private void answer() throws IOException {
            boolean written = secured.isEmpty() || secured.get().flush();
            while (written && !answers.isEmpty()) {
                written = write(answers.peek());
                if (written) {
                    answers.remove();
                }
            }
            key.interestOps(written ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }

        private boolean write(ByteBuffer answer) throws IOException {
            if (secured.isPresent()) {
                return secured.get().write(answer);
            }
            socket.write(answer);
            return !answer.hasRemaining();
        }

        private void drop() {
            try {
                socket.close();
            } catch (IOException e) {
                ledger.refused("a connection that could not be closed: " + e);
            }
        }
    }

    private void run() {
        try {
            while (selector.isOpen()) {
                selector.select(untilAnswerMillis());
                while (isStalled && selector.isOpen()) {
                    LockSupport.parkNanos(STALL_LOOK_NANOS);
                }
                if (!selector.isOpen()) {
                    return;
                }
                while (!later.isEmpty() && later.peek().nanos() - System.nanoTime() <= 0) {
                    later.remove().connection().answerNow();
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    if (key.isAcceptable()) {
                        accept();
                    } else if (key.isValid()) {
                        ((Connection) key.attachment()).attend();
                    }
                }
                selector.selectedKeys().clear();
            }
        } catch (IOException e) {
            ledger.refused("the receiver broke: " + e);
        }
    }

    /** Until the next answer; 0: none is due. To the millisecond, after which it waits no more. */
    private long untilAnswerMillis() {
        if (later.isEmpty()) {
            return 0;
        }
        return Math.max(1, TimeUnit.NANOSECONDS.toMillis(later.peek().nanos() - System.nanoTime()));
    }

    private void accept() throws IOException {
        SocketChannel socket = listener.accept();
        if (socket != null) {
            new Connection(socket);
        }
    }

    /** Where buckets go. */
    public String url() {
        return (tls.isPresent() ? "https" : "http") + "://127.0.0.1:"
                + listener.socket().getLocalPort() + "/buckets";
    }

    /** From now on it reads and answers nothing, though it is connected to. */
    public void stall() {
        isStalled = true;
    }

    /** It goes on where it stalled. */
    public void resume() {
        isStalled = false;
    }

    public DeliveryLedger ledger() {
        return ledger;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (SelectionKey key : selector.keys()) {
            key.channel().close();
        }
        selector.close();
    }
}
