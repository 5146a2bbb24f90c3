package io.decant.ingest.sink.http;

import io.decant.config.Compression;
import io.decant.config.HttpSinkSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What becomes of a part's headers and body on their way into a request: compressed, then signed, as the settings say;
 * by default neither. For any number of threads.
 */
final class RequestCoding {

    private final Compression compression;
    private final WebhookSigner signer;
    private final ByteBufAllocator allocator;

    /**
     * @param allocator of compressed bodies
     * @param clock of the times in signatures
     */
    RequestCoding(HttpSinkSettings settings, ByteBufAllocator allocator, InstantSource clock) {
        this.compression = settings.compression();
        this.signer = settings.signingSecret().isEmpty() ? null : new WebhookSigner(settings.signingKey(), clock);
        this.allocator = allocator;
    }

    /**
     * @param headers those of the part; changed, and taken over
     * @param body the one reference is taken over
     */
    PartRequest request(Map<String, String> headers, ByteBuf body) {
        ByteBuf coded = compression == Compression.GZIP ? compressed(headers, body) : body;
        if (signer != null) {
            signer.sign(headers, coded);
        }
        return new PartRequest(headers, coded);
    }

    private ByteBuf compressed(Map<String, String> headers, ByteBuf body) {
        try {
            ByteBuf coded = Gzip.compress(body, allocator);
            headers.put(PartHeaders.CONTENT_ENCODING, "gzip");
            headers.put(PartHeaders.CONTENT_LENGTH, Integer.toString(coded.readableBytes()));
            return coded;
        } finally {
            body.release();
        }
    }

    /**
     * The gzip format (RFC 1952), from direct memory to direct memory. The same bytes give the same bytes: no time and
     * no name stands in the header.
     *
     * <p>At zlib's fastest level: it is the dearest step of a delivery, and lines shrink well by it.
     */
    private static final class Gzip {

        /** Magic, deflate, no flags, no time, fastest, no operating system. */
        private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 4, (byte) 0xff};

        private static final int TRAILER_BYTES = 8;
        private static final int ROOM_BYTES_MIN = 4 << 10;
        /** What lines shrink to, or less, most of the time. */
        private static final int EXPECTED_RATIO = 3;

        private Gzip() {}

        /** A new buffer with the readable bytes of {@code body}, which stays as it is, compressed. */
        static ByteBuf compress(ByteBuf body, ByteBufAllocator allocator) {
            ByteBuf out = allocator.directBuffer(body.readableBytes() / EXPECTED_RATIO + ROOM_BYTES_MIN);
            Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
            try {
                out.writeBytes(HEADER);
                deflater.setInput(body.nioBuffer());
                deflater.finish();
                while (!deflater.finished()) {
                    out.ensureWritable(ROOM_BYTES_MIN);
                    ByteBuffer room = out.nioBuffer(out.writerIndex(), out.writableBytes());
                    out.writerIndex(out.writerIndex() + deflater.deflate(room));
                }
                CRC32 crc = new CRC32();
                crc.update(body.nioBuffer());
                out.ensureWritable(TRAILER_BYTES);
                out.writeIntLE((int) crc.getValue());
                out.writeIntLE(body.readableBytes());
                return out;
            } catch (Throwable e) {
                out.release();
                throw e;
            } finally {
                deflater.end();
            }
        }
    }

    /**
     * Signs requests as Standard Webhooks says (specification 1.0.0, symmetric signatures, {@code v1}): the receiver
     * can tell that a request is ours, and that it is not an old one which is replayed by another. The identifier is
     * the idempotency key, so it stays the same when a part is sent again, while the time is that of the attempt.
     *
     * <p>For any number of threads: each signature is made by a {@link Mac} of its own.
     */
    private static final class WebhookSigner {

        static final String ID = "webhook-id";
        static final String TIMESTAMP = "webhook-timestamp";
        static final String SIGNATURE = "webhook-signature";

        private static final String ALGORITHM = "HmacSHA256";

        private final SecretKeySpec key;
        private final InstantSource clock;

        /** @param key not empty */
        WebhookSigner(byte[] key, InstantSource clock) {
            this.clock = clock;
            this.key = new SecretKeySpec(key, ALGORITHM);
        }

        private Mac newMac() {
            try {
                Mac mac = Mac.getInstance(ALGORITHM);
                mac.init(key);
                return mac;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
            }
        }

        /**
         * @param headers with the idempotency key; the signature's are added
         * @param body as it goes over the wire; stays as it is
         */
        void sign(Map<String, String> headers, ByteBuf body) {
            String id = headers.get(PartHeaders.IDEMPOTENCY_KEY).replace("\"", "");
            String seconds = Long.toString(clock.instant().getEpochSecond());
            Mac mac = newMac();
            mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
            mac.update(body.nioBuffer());
            headers.put(ID, id);
            headers.put(TIMESTAMP, seconds);
            headers.put(SIGNATURE, "v1," + Base64.getEncoder().encodeToString(mac.doFinal()));
        }
    }
}
