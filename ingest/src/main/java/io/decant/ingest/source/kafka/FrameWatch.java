package io.decant.ingest.source.kafka;

import java.net.InetSocketAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Follows the requests and answers of one connection to a broker, as they pass. Each is four bytes of length and so
 * many bytes; an answer begins with the number of the request that it is for, and answers come in the order of
 * requests. What does not keep to that is refused before the client has seen it, and nothing is allocated for it.
 *
 * <p>Per request and answer there is a small object; of what they hold only the names of brokers are read, and of
 * records what {@link FetchAnswer} says. Belongs to the client's thread.
 */
final class FrameWatch {

    /** Length, kind, version and number of a request. */
    private static final int REQUEST_HEAD_BYTES = 12;
    /** Length and number of an answer. */
    private static final int ANSWER_HEAD_BYTES = 8;

    private static final short FETCH = 1;
    private static final short METADATA = 3;
    private static final short METADATA_WITH_THROTTLE = 3;
    private static final short METADATA_COMPACT = 9;
    /** So much of an answer about the cluster is looked at: some hundred brokers, which stand first. */
    private static final int LOOKED_AT_BYTES_MAX = 16 << 10;

    private final FrameGuard guard;
    private final InetSocketAddress peer;
    private final String address;
    private final ByteBuffer requestHead = ByteBuffer.allocate(REQUEST_HEAD_BYTES);
    private final ByteBuffer answerHead = ByteBuffer.allocate(ANSWER_HEAD_BYTES);
    /** Bounded by what the client has under way on a connection. */
    private final ArrayDeque<Request> unanswered = new ArrayDeque<>();

    private int requestLeft;
    private int answerLeft;
    private boolean answered;
    private Request answering;
    private ByteBuffer lookedAt;
    /** Null between two answers with records. */
    private FetchAnswer fetched;
    /** Something was refused: whatever comes behind it is not to be seen. */
    private boolean isRefused;

    private record Request(short kind, short version, int number) {}

    FrameWatch(FrameGuard guard, String host, int port) {
        this.guard = guard;
        this.peer = InetSocketAddress.createUnresolved(host, port);
        this.address = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }

    /** These bytes go to the broker. */
    void sent(ByteBuffer bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (requestLeft > 0) {
                int passed = Math.min(requestLeft, to - at);
                requestLeft -= passed;
                at += passed;
            } else {
                requestHead.put(bytes.get(at++));
                if (!requestHead.hasRemaining()) {
                    requestHead.flip();
                    requestLeft = requestHead.getInt() + Integer.BYTES - REQUEST_HEAD_BYTES;
                    unanswered.add(new Request(requestHead.getShort(), requestHead.getShort(), requestHead.getInt()));
                    requestHead.clear();
                }
            }
        }
    }

    /**
     * These bytes came from the broker, and the client has not seen them. May change some: see {@link FetchAnswer}.
     *
     * @throws SSLException where they are no answer of Kafka's, or one that is too large: the client then ends the
     *     connection
     */
    void received(ByteBuffer bytes, int from, int to) throws SSLException {
        if (isRefused && to > from) {
            throw new SSLException(address + " was refused");
        }
        isRefused = true;
        follow(bytes, from, to);
        isRefused = false;
    }

    private void follow(ByteBuffer bytes, int from, int to) throws SSLException {
        int at = from;
        while (at < to) {
            if (answerLeft > 0) {
                int passed = Math.min(answerLeft, to - at);
                pass(bytes, at, passed);
                at += passed;
            } else {
                answerHead.put(bytes.get(at++));
                if (answerHead.position() == Integer.BYTES) {
                    checkLength(answerHead.getInt(0));
                } else if (!answerHead.hasRemaining()) {
                    begin(answerHead.getInt(0), answerHead.getInt(Integer.BYTES));
                    answerHead.clear();
                }
            }
        }
    }

    private void checkLength(int length) throws SSLException {
        boolean isAnswer = length >= Integer.BYTES && (answered || length <= FrameGuard.FIRST_ANSWER_BYTES_MAX);
        if (!isAnswer) {
            throw refuse(length);
        }
        if (length > guard.answerBytesMax()) {
            guard.tooLarge(address, length);
            throw new SSLException(address + " answers with " + length + " bytes");
        }
    }

    private void begin(int length, int number) throws SSLException {
        answering = unanswered.poll();
        if (answering == null || answering.number() != number) {
            throw refuse(length);
        }
        answered = true;
        answerLeft = length - Integer.BYTES;
        guard.announced(address, length);
        if (answering.kind() == FETCH) {
            fetched = new FetchAnswer(guard, address, answering.version());
        } else if (answering.kind() == METADATA) {
            lookedAt = ByteBuffer.allocate(Math.min(answerLeft, LOOKED_AT_BYTES_MAX));
        }
    }

    private SSLException refuse(int firstBytes) {
        guard.refuse(address, firstBytes);
        return new SSLException(address + " does not use the Kafka protocol");
    }

    /** The connection ends. */
    void close() {
        if (fetched != null) {
            fetched.release();
        }
    }

    private void pass(ByteBuffer bytes, int from, int count) throws SSLException {
        answerLeft -= count;
        if (fetched != null) {
            fetched.received(bytes, from, from + count);
            if (answerLeft == 0) {
                fetched.release();
                fetched = null;
            }
        }
        if (lookedAt != null) {
            int looked = Math.min(count, lookedAt.remaining());
            lookedAt.put(bytes.slice(from, looked));
            if (answerLeft == 0) {
                guard.named(peer, brokers(lookedAt.flip(), answering.version()));
                lookedAt = null;
            }
        }
    }

    /** The brokers in an answer about the cluster, as far as it goes. */
    private static List<InetSocketAddress> brokers(ByteBuffer answer, short version) {
        List<InetSocketAddress> brokers = new ArrayList<>();
        boolean isCompact = version >= METADATA_COMPACT;
        try {
            WireFields.skipTags(answer, isCompact);
            if (version >= METADATA_WITH_THROTTLE) {
                answer.getInt();
            }
            int count = WireFields.count(answer, isCompact);
            for (int i = 0; i < count; i++) {
                answer.getInt();
                String host = WireFields.text(answer, isCompact);
                brokers.add(InetSocketAddress.createUnresolved(host, answer.getInt()));
                if (version > 0) {
                    WireFields.text(answer, isCompact);
                }
                WireFields.skipTags(answer, isCompact);
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            // More brokers than are looked at, or a version that is not known here: what was found does for a hint.
            return brokers;
        }
        return brokers;
    }
}
