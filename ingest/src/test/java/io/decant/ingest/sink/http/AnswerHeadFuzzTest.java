package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * Whatever bytes come on a connection to a receiver, in whatever pieces: the decoder makes answers of them or says that
 * it cannot, throws nothing, and makes the same of them however they come in pieces.
 *
 * <p>The input is the length of pieces, and what comes.
 */
class AnswerHeadFuzzTest extends FuzzTarget {

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        int length = 1 + bytes.number(64);
        byte[] came = bytes.rest();
        assertThat(read(came, length)).isEqualTo(read(came, Math.max(1, came.length)));
    }

    private static String read(byte[] came, int length) {
        EmbeddedChannel channel = new EmbeddedChannel(new AnswerDecoder());
        StringBuilder read = new StringBuilder();
        for (int at = 0; at < came.length; at += length) {
            channel.writeInbound(Unpooled.copiedBuffer(came, at, Math.min(length, came.length - at)));
        }
        channel.finish();
        for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
            append(read, next);
            ReferenceCountUtil.release(next);
        }
        return read.toString();
    }

    private static void append(StringBuilder read, Object next) {
        if (next instanceof HttpResponse response) {
            boolean isBad = response.decoderResult().isFailure();
            read.append('\n').append(isBad ? "bad" : response.status().code() + " " + response.headers());
        }
        if (next instanceof HttpContent content) {
            boolean isBad = content.decoderResult().isFailure();
            read.append(isBad ? "!" : content.content().toString(StandardCharsets.ISO_8859_1));
        }
    }
}
