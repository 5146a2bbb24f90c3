package io.decant.ingest.source.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What the connections of one client have seen on the wire. Kafka's client allocates whatever length the first four
 * bytes of an answer name, so those of a TLS alert or of an HTTP server would take hundreds of megabytes. Each
 * connection is checked before the client sees a byte of it: see {@link FrameWatch}. Any thread.
 */
final class FrameGuard {

    /** Bytes of the first answer of a connection, which says what the broker can do: some hundred bytes. */
    static final int FIRST_ANSWER_BYTES_MAX = 1 << 20;

    private static final int CONNECT_MILLIS_MAX = 1_000;

    /** Bytes of any answer: a quarter of the heap. */
    private final long answerBytesMax;

    /** When each address last answered; as many as there are brokers. */
    private final Map<String, Long> answeredNanos = new ConcurrentHashMap<>();

    private final AtomicLong largest = new AtomicLong();
    /** Bytes of answers that were refused, by address; as many as there are brokers. */
    private final Map<String, Long> tooLarge = new ConcurrentHashMap<>();

    private volatile Refused refused;
    private volatile Named named;

    /**
     * An address whose answer was no Kafka.
     *
     * @param hint what it may be, with a space before; empty where nobody knows
     */
    private record Refused(String address, String hint) {}

    /** The brokers that a broker named as the members of its cluster. */
    private record Named(InetSocketAddress by, List<InetSocketAddress> brokers) {}

    FrameGuard() {
        this(Runtime.getRuntime().maxMemory() / 4);
    }

    /** The same with another bound on the bytes of an answer. */
    FrameGuard(long answerBytesMax) {
        this.answerBytesMax = answerBytesMax;
    }

    long answerBytesMax() {
        return answerBytesMax;
    }

    /** An answer of so many bytes is on its way. */
    void announced(String address, long bytes) {
        largest.accumulateAndGet(bytes, Math::max);
        answeredNanos.put(address, System.nanoTime());
        Refused before = refused;
        if (before != null && before.address().equals(address)) {
            refused = null;
        }
    }

    /** A broker's answer is larger than any may be. The connection ends. */
    void tooLarge(String address, long bytes) {
        tooLarge.merge(address, bytes, Math::max);
    }

    /** What this address sent is no answer of Kafka's. The connection ends. */
    void refuse(String address, int firstBytes) {
        refused = new Refused(address, hint(firstBytes));
    }

    private static String hint(int firstBytes) {
        return switch (firstBytes) {
            case 0x15030000, 0x15030100, 0x15030200, 0x15030300 -> " (TLS? set security.protocol)";
            case 0x48545450, 0x3c68746d, 0x3c48544d, 0x3c21444f, 0x3c21646f ->
                " (it answers HTTP; set the broker's port)";
            default -> "";
        };
    }

    /** A broker has named these as the members of its cluster. */
    void named(InetSocketAddress by, List<InetSocketAddress> brokers) {
        named = new Named(by, brokers);
    }

    /** Nanoseconds since this address last answered; very many where it never did. */
    long silentNanos(String address) {
        Long answered = answeredNanos.get(address);
        return answered == null ? Long.MAX_VALUE : System.nanoTime() - answered;
    }

    /** Bytes of the largest answer since this was last asked; 0 where there was none. */
    long takeLargest() {
        return largest.get() == 0 ? 0 : largest.getAndSet(0);
    }

    /** Bytes of the largest answer that was too large since this was last asked, by address. */
    Map<String, Long> takeTooLarge() {
        if (tooLarge.isEmpty()) {
            return Map.of();
        }
        Map<String, Long> taken = Map.copyOf(tooLarge);
        taken.forEach(tooLarge::remove);
        return taken;
    }

    /**
     * Why nothing comes of a cluster that answers, in one line; empty where it is not known. Tries the brokers that
     * were named, so it may take a second for each.
     */
    String diagnosis() {
        Refused wrong = refused;
        if (wrong != null) {
            return wrong.address() + " does not speak Kafka" + wrong.hint();
        }
        Named members = named;
        if (members == null || !fault(members.by()).isEmpty()) {
            // Nobody has answered, or nobody does any more.
            return "";
        }
        for (InetSocketAddress broker : members.brokers()) {
            String fault = fault(broker);
            if (!fault.isEmpty()) {
                return text(members.by()) + " answers and names " + text(broker) + ", which " + fault
                        + "; check advertised.listeners of the broker";
            }
        }
        return "";
    }

    static String text(InetSocketAddress broker) {
        String host = broker.getHostString();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + broker.getPort();
    }

    /**
     * What is wrong with this address; empty where it can be connected to. May take a second for each address of the
     * name.
     */
    static String fault(InetSocketAddress broker) {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(broker.getHostString());
        } catch (UnknownHostException e) {
            return "cannot be resolved";
        }
        String why = "";
        // As Kafka's client does: a name may have an address of each family, or of several networks.
        for (InetAddress address : addresses) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(address, broker.getPort()), CONNECT_MILLIS_MAX);
                return "";
            } catch (IOException e) {
                why = e.getMessage();
            }
        }
        return "cannot be reached (" + why + ")";
    }
}
