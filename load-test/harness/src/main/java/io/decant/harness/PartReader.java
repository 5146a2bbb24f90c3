package io.decant.harness;

import io.decant.harness.PartReceiver.PartHandler;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.IOException;
import java.util.function.Consumer;

/** The requests of one connection: a part each, handed on when its body is whole. */
final class PartReader extends SimpleChannelInboundHandler<HttpObject> {

    /** Of a body; well above what the demo's settings ask for. */
    private static final int BODY_BYTES_MAX = 64 << 20;

    private final PartHandler handler;
    private final Consumer<String> refused;
    private ReceivedPart part;
    private ByteBuf body;

    PartReader(PartHandler handler, Consumer<String> refused) {
        this.handler = handler;
        this.refused = refused;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject message) {
        if (message instanceof HttpRequest request) {
            begin(context, request);
        }
        if (message instanceof HttpContent content && body != null) {
            body.writeBytes(content.content());
        }
        if (message instanceof LastHttpContent) {
            end(context);
        }
    }

    private void begin(ChannelHandlerContext context, HttpRequest request) {
        try {
            part = ReceivedPart.of(request.headers()::get);
            // Allocated with the announced length, and so never moved.
            int bytes = (int) Math.min(HttpUtil.getContentLength(request, 0L), BODY_BYTES_MAX);
            body = context.alloc().directBuffer(Math.max(1, bytes), BODY_BYTES_MAX);
        } catch (IllegalArgumentException | ArithmeticException e) {
            refused.accept(e.getMessage());
        }
    }

    private void end(ChannelHandlerContext context) {
        HttpResponseStatus status = HttpResponseStatus.BAD_REQUEST;
        if (body != null) {
            handler.part(part, body.memoryAddress(), body.readableBytes());
            status = HttpResponseStatus.OK;
        }
        release();
        FullHttpResponse answer = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        answer.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
        context.writeAndFlush(answer).addListener(ChannelFutureListener.CLOSE_ON_FAILURE);
    }

    private void release() {
        if (body != null) {
            body.release();
            body = null;
        }
    }

    /** The connection is closed: an incomplete part was not received, and comes again. */
    @Override
    public void channelInactive(ChannelHandlerContext context) {
        release();
        context.fireChannelInactive();
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // How the close goes changes nothing any more.
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            refused.accept("a request that could not be read: " + cause);
        }
        context.close();
    }
}
