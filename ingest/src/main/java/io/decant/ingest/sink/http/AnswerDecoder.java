package io.decant.ingest.sink.http;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseDecoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Netty's decoder of answers, with bounds of our own, strict about the status and lenient about what old receivers do
 * and what cannot change where an answer ends: a bare LF behind the status line or a header, a {@code Content-Length}
 * that is there twice with one value, names and values of headers with odd characters. An answer with both a
 * {@code Content-Length} and chunks ends with its chunks; it is the last of its connection.
 *
 * <p>Every answer here is one to a POST: none has a body only because of its request's method. Lives on the transport's
 * event loop.
 */
final class AnswerDecoder extends HttpResponseDecoder {

    /** A status line longer than this is not read to its end. */
    static final int STATUS_LINE_BYTES_MAX = 64 << 10;
    /** All header lines of an answer together, those behind its last chunk included. */
    static final int HEADERS_BYTES_MAX = 64 << 10;
    /** How much of a body is handed on in one piece. */
    private static final int CHUNK_BYTES_MAX = 8 << 10;

    private static final HttpDecoderConfig CONFIG = new HttpDecoderConfig()
            .setMaxInitialLineLength(STATUS_LINE_BYTES_MAX)
            .setMaxHeaderSize(HEADERS_BYTES_MAX)
            .setMaxChunkSize(CHUNK_BYTES_MAX)
            .setStrictLineParsing(false)
            .setAllowDuplicateContentLengths(true)
            .setUseRfc9112TransferEncoding(false)
            // Nothing of an answer is ever passed on as a header.
            .setValidateHeaders(false);

    private static final String PROTOCOL = "HTTP/";
    private static final Pattern VERSION = Pattern.compile("HTTP/1\\.[01]");
    private static final Pattern STATUS = Pattern.compile("[0-9]{3}");
    /** The beginning of a status line that is too long. */
    private static final Pattern STATUS_LINE_START = Pattern.compile("HTTP/1\\.[01][ \t]+([0-9]{3})([ \t].*)?");

    private static final int STATUS_LINE_START_BYTES = 16;

    /** What {@link #decode} was last given, and where it began; of use only while it runs. */
    private ByteBuf input;

    private int inputStart;
    /** Whether a status line was read, and the headers behind it were not. */
    private boolean begun;

    AnswerDecoder() {
        super(CONFIG);
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf buffer, List<Object> out) throws Exception {
        input = buffer;
        inputStart = buffer.readerIndex();
        int before = out.size();
        super.decode(ctx, buffer, out);
        if (out.size() > before) {
            begun = false;
        }
        input = null;
    }

    @Override
    protected HttpMessage createMessage(String[] line) {
        if (!VERSION.matcher(line[0]).matches()) {
            throw new IllegalArgumentException(
                    (line[0].startsWith(PROTOCOL) ? "unsupported HTTP version: " : "no HTTP status line: ")
                            + String.join(" ", line).trim());
        }
        if (!STATUS.matcher(line[1]).matches()) {
            throw new IllegalArgumentException(
                    "no status of three digits: " + String.join(" ", line).trim());
        }
        begun = true;
        return super.createMessage(line);
    }

    /** Of a status line that is too long, the status is known all the same. */
    @Override
    protected HttpMessage createInvalidMessage() {
        if (input != null) {
            int length = Math.min(STATUS_LINE_START_BYTES, input.writerIndex() - inputStart);
            Matcher line = STATUS_LINE_START.matcher(input.toString(inputStart, length, StandardCharsets.US_ASCII)
                    .strip());
            if (line.matches()) {
                return new DefaultFullHttpResponse(
                        HttpVersion.HTTP_1_1,
                        HttpResponseStatus.valueOf(Integer.parseInt(line.group(1))),
                        Unpooled.EMPTY_BUFFER);
            }
        }
        return super.createInvalidMessage();
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpMessage message) {
        int status = ((HttpResponse) message).status().code();
        if (status / 100 == 1) {
            return true;
        }
        boolean empty = super.isContentAlwaysEmpty(message);
        HttpHeaders headers = message.headers();
        if (empty
                && (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                        || !"0".equals(headers.get(HttpHeaderNames.CONTENT_LENGTH, "0")))) {
            // A 204 or 304 has no body; where one is announced it may follow all the same.
            isLast(message);
        }
        return empty;
    }

    /** 101 is not HTTP for this sink: what follows it is never decoded as anything else. */
    @Override
    protected boolean isSwitchingToNonHttp1Protocol(HttpResponse message) {
        return false;
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        super.handleTransferEncodingChunkedWithContentLength(message);
        isLast(message);
    }

    private static void isLast(HttpMessage message) {
        message.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }

    /** Whether bytes came behind the last answer that make no whole head yet. */
    boolean hasUnread() {
        return begun || actualReadableBytes() > 0;
    }

    /** Whether those may be the beginning of an answer. */
    boolean unreadBeginsAnswer() {
        if (begun) {
            return true;
        }
        ByteBuf unread = internalBuffer();
        int length = Math.min(PROTOCOL.length(), unread.readableBytes());
        return PROTOCOL.startsWith(unread.toString(unread.readerIndex(), length, StandardCharsets.US_ASCII));
    }
}
