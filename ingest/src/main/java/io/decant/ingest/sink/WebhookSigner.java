package io.decant.ingest.sink;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as Standard Webhooks says (specification 1.0.0, symmetric signatures, {@code v1}): the receiver can
 * tell that a request is ours, and that it is not an old one which somebody sends again. The identifier is the
 * idempotency key, so it stays the same when a part is sent again, while the time is that of the attempt.
 *
 * <p>Owned by the delivery thread.
 */
final class WebhookSigner {

    static final String ID = "webhook-id";
    static final String TIMESTAMP = "webhook-timestamp";
    static final String SIGNATURE = "webhook-signature";

    private static final String ALGORITHM = "HmacSHA256";

    private final Mac mac;
    private final InstantSource clock;

    /** @param key not empty */
    WebhookSigner(byte[] key, InstantSource clock) {
        this.clock = clock;
        try {
            mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(key, ALGORITHM));
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
        mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.UTF_8));
        mac.update(body.nioBuffer());
        headers.put(ID, id);
        headers.put(TIMESTAMP, seconds);
        headers.put(SIGNATURE, "v1," + Base64.getEncoder().encodeToString(mac.doFinal()));
    }
}
