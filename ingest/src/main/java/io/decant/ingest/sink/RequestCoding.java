package io.decant.ingest.sink;

import io.decant.config.Compression;
import io.decant.config.HttpSinkSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.time.InstantSource;
import java.util.Map;

/**
 * What becomes of a part's headers and body on their way into a request: compressed, then signed, as the settings say;
 * by default neither. Owned by the delivery thread.
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
}
