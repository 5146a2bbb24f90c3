package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.util.List;

/**
 * Whatever is sent to the admin port: its head is a request with a path that begins with a slash, or a
 * {@link AdminRequest.BadRequest} in one line; a parameter is there or its escape is bad; and a body is a query for
 * dead letters, which is the same when it is written and read again, or an {@link IllegalArgumentException}.
 *
 * <p>The input is a base path or none, and a head; or, behind it, a body.
 */
class AdminRequestFuzzTest extends FuzzTarget {

    private static final Peer PEER = new Peer(InetAddress.getLoopbackAddress(), 8080, false, List.of());

    @Override
    protected void check(byte[] input) {
        FuzzBytes bytes = new FuzzBytes(input);
        String basePath = bytes.number(2) == 1 ? "/decant" : "";
        checkHead(bytes.part(), basePath);
        checkQuery(bytes.text());
    }

    private static void checkHead(byte[] head, String basePath) {
        EmbeddedChannel channel = new EmbeddedChannel(new HttpRequestDecoder());
        channel.writeInbound(Unpooled.copiedBuffer(head));
        channel.finish();
        for (Object next = channel.readInbound(); next != null; next = channel.readInbound()) {
            if (next instanceof HttpRequest request && request.decoderResult().isSuccess()) {
                check(request, basePath);
            }
            ReferenceCountUtil.release(next);
        }
    }

    private static void check(HttpRequest request, String basePath) {
        try {
            AdminRequest read = AdminRequest.of(request, PEER, basePath);
            assertThat(read.path()).startsWith("/");
            assertThat(read.toString()).contains("authorization=<hidden>", "cookies=<hidden>");
            assertThat(List.of(
                            read.takesRecentAnswer(),
                            read.isOfPage(),
                            read.isOfOtherSite(),
                            read.isProbe(),
                            read.prefersHtml(),
                            read.prefersOpenMetrics()))
                    .doesNotContainNull();
            try {
                assertThat(read.parameter("since")).isNotNull();
            } catch (IllegalArgumentException e) {
                assertThat(read.query()).contains("%");
            }
        } catch (AdminRequest.BadRequest e) {
            assertThat(e.getMessage()).isNotEmpty().doesNotContain("\n");
        }
    }

    private static void checkQuery(String body) {
        ReplayQuery query;
        try {
            query = ReplayQuery.of(body);
        } catch (IllegalArgumentException e) {
            assertThat(e.getMessage()).isNotEmpty();
            return;
        }
        assertThat(ReplayQuery.of(query.toJson())).isEqualTo(query);
    }
}
