package io.decant.ingest.source.kafka;

import io.decant.offload.log.LoggedCauses;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the connections of one client have seen on the wire. Kafka's client allocates whatever length the first four
 * bytes of an answer name, so those of a TLS alert or of an HTTP server would take hundreds of megabytes. Each
 * connection is checked before the client sees a byte of it: see {@link FrameWatch}. Any thread.
 */
final class FrameGuard {

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    /** Bytes of the first answer of a connection, which says what the broker can do: some hundred bytes. */
    static final int FIRST_ANSWER_BYTES_MAX = 1 << 20;

    private static final int CONNECT_MILLIS_MAX = 1_000;
    /** What is read of a partition and not in the journal yet is less than this and what is in the heap. */
    private static final long WARY_BYTES = 64L << 20;
    /** What a record has beside key, value and headers, and these by their lengths; more than it ever is. */
    private static final int OVERHEAD_BYTES = 64 << 10;

    /** Batches of one partition that are refused and not yet dealt with; an answer seldom has more than one. */
    static final int REFUSED_BATCHES_MAX = 64;

    /** Bytes of any answer: a quarter of the heap. */
    private final long answerBytesMax;
    /** What one record may unpack to, and all of a batch that is unpacked in one step. */
    private final long recordBytesMax;
    /** So many records a consumer unpacks before it returns them. */
    private final int recordsAtOnce;
    /** So many bytes of each partition are looked into whatever their codec says of them. */
    private final long waryBytes;
    /** What came of each partition, by topic, its id or its name; counted only where that matters. */
    private final Map<String, Came> came = new ConcurrentHashMap<>();

    /** When each address last answered; as many as there are brokers. */
    private final Map<String, Long> answeredNanos = new ConcurrentHashMap<>();

    private final AtomicLong largest = new AtomicLong();
    /** Bytes of answers that were refused, by address; as many as there are brokers. */
    private final Map<String, Long> tooLarge = new ConcurrentHashMap<>();
    /** By topic, its id or its name, and partition; guarded by itself. */
    private final Map<String, TreeMap<Long, OversizedBatch>> oversized = new HashMap<>();

    /** When the log was told of a lack of memory; guarded by itself. */
    private final LoggedCauses noMemory = new LoggedCauses();

    private volatile Refused refused;
    private volatile Named named;

    /**
     * An address whose answer was no Kafka.
     *
     * @param hint what it may be, with a space before; empty if unknown
     */
    private record Refused(String address, String hint) {}

    /** The brokers that a broker named as the members of its cluster. */
    private record Named(InetSocketAddress by, List<InetSocketAddress> brokers) {}

    /** Compressed batches of one partition; guarded by itself. */
    private static final class Came {

        private long bytes;
        /** Those before it have been counted, and may come again. */
        private long nextOffset;
        /** The first one that is taken for what its codec says of it. */
        private long believedFrom = Long.MAX_VALUE;
    }

    FrameGuard(long answerBytesMax, long recordBytesMax, int recordsAtOnce, long waryBytes) {
        this.waryBytes = waryBytes;
        this.answerBytesMax = answerBytesMax;
        this.recordBytesMax = recordBytesMax;
        this.recordsAtOnce = recordsAtOnce;
    }

    /**
     * A quarter of the heap for an answer, and an eighth for what a record unpacks to.
     *
     * @param recordBytesMax of the longest record that is to be read, if that is more
     * @param recordsAtOnce so many records a consumer unpacks before it returns them
     * @param isWary whether what is read first may be what ended the server before
     */
    static FrameGuard ofHeap(long recordBytesMax, int recordsAtOnce, boolean isWary) {
        long heap = Runtime.getRuntime().maxMemory();
        return new FrameGuard(
                heap / 4,
                Math.max(heap / 8, recordBytesMax + OVERHEAD_BYTES),
                recordsAtOnce,
                isWary ? WARY_BYTES + heap / 2 : 0);
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

    /**
     * Whether this compressed batch of a partition is among the first after an unclean end: then it is not
     * believed what its codec says of it. One that comes again counts once.
     *
     * @param topic its id, or its name where the broker knows no ids
     * @param offset its first
     */
    boolean isWaryOf(String topic, int partition, long offset, long bytes) {
        if (waryBytes == 0) {
            return false;
        }
        Came batches = came.computeIfAbsent(topic + "-" + partition, name -> new Came());
        synchronized (batches) {
            if (offset >= batches.nextOffset) {
                batches.nextOffset = offset + 1;
                batches.bytes += bytes;
                if (batches.bytes > waryBytes && batches.believedFrom == Long.MAX_VALUE) {
                    batches.believedFrom = offset;
                }
            }
            return offset < batches.believedFrom;
        }
    }

    /**
     * The first offset of a partition of which {@link #isWaryOf} was false since so much had come;
     * {@link Long#MAX_VALUE} where there is none.
     *
     * @param topic its id, or its name where the broker knows no ids
     */
    long believedFrom(String topic, int partition) {
        Came batches = came.get(topic + "-" + partition);
        if (batches == null) {
            return Long.MAX_VALUE;
        }
        synchronized (batches) {
            return batches.believedFrom;
        }
    }

    /** Whether so many bytes of a batch may be more than what fits into memory. */
    boolean mayBeOversized(int codec, long compressedBytes) {
        return codec != PackedBatch.NONE && PackedBatch.unpackedMost(codec, compressedBytes) > recordBytesMax;
    }

    /**
     * What of this batch does not fit into memory; null where all of it does.
     *
     * @param isBelieved whether what its codec says of its length is taken for true
     * @param headers of the answer that it is in
     */
    OversizedBatch oversized(PackedBatch batch, ByteBuffer compressed, boolean isBelieved, HeadersOnly headers) {
        return batch.oversized(compressed, recordBytesMax, recordsAtOnce, isBelieved, headers);
    }

    /** There is no direct memory for a batch of so many bytes that must be looked into. The connection ends. */
    void noMemory(String address, int bytes) {
        long now = System.nanoTime();
        synchronized (noMemory) {
            if (!noMemory.mayRepeat(now)) {
                return;
            }
            noMemory.logged("", now);
        }
        log.warn(
                "the broker {} sent a compressed batch of {} bytes, and there is no direct memory to check it; it is"
                        + " fetched again until there is; if this persists, put a larger -XX:MaxDirectMemorySize into"
                        + " JAVA_OPTS",
                address,
                bytes);
    }

    /**
     * An answer with batches of a partition begins at this offset: those before it are dealt with.
     *
     * @param topic its id, or its name where the broker knows no ids
     */
    void answered(String topic, int partition, long offset) {
        synchronized (oversized) {
            Map<Long, OversizedBatch> batches = oversized.get(topic + "-" + partition);
            if (batches != null) {
                batches.values().removeIf(batch -> batch.last() < offset);
            }
        }
    }

    /**
     * This batch is kept from the client. Of too many the first are known: the client comes to them first, and the
     * others come again when it continues after one.
     *
     * @param topic its id, or its name where the broker knows no ids
     */
    void refused(String topic, int partition, OversizedBatch batch) {
        synchronized (oversized) {
            TreeMap<Long, OversizedBatch> batches =
                    oversized.computeIfAbsent(topic + "-" + partition, name -> new TreeMap<>());
            batches.put(batch.first(), batch);
            if (batches.size() > REFUSED_BATCHES_MAX) {
                batches.pollLastEntry();
            }
        }
    }

    /**
     * The batches of a partition that were kept from the client, once more where they came again.
     *
     * @param topic its id, or its name where the broker knows no ids
     */
    List<OversizedBatch> refused(String topic, int partition) {
        synchronized (oversized) {
            Map<Long, OversizedBatch> batches = oversized.get(topic + "-" + partition);
            return batches == null ? List.of() : List.copyOf(batches.values());
        }
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
            return wrong.address() + " does not use the Kafka protocol" + wrong.hint();
        }
        Named members = named;
        if (members == null || !fault(members.by()).isEmpty()) {
            // There was no answer, or there is none any more.
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
