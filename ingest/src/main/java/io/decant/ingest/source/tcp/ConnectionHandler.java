package io.decant.ingest.source.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;

/** What a socket does, told to its connection. Belongs to the connection's event loop. */
final class ConnectionHandler extends ChannelInboundHandlerAdapter {

    private final Connection connection;

    ConnectionHandler(Connection connection) {
        this.connection = connection;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        connection.opened();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        connection.heard((ByteBuf) message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        connection.readOn();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        // By way of the acknowledger, for this may be called out of the very write that it would continue.
        connection.wake();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        SslHandler tls = ctx.pipeline().get(SslHandler.class);
        if (event instanceof SslCloseCompletionEvent closed && closed.isSuccess()) {
            connection.inputEnded();
        } else if (event instanceof ChannelInputShutdownEvent) {
            connection.socketEnded(tls != null);
        } else if (event instanceof SslHandshakeCompletionEvent handshake) {
            if (handshake.isSuccess()) {
                connection.secured(tls.engine().getSession());
            } else {
                connection.notSecured(handshake.cause());
            }
        }
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        connection.lost();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        // What a client does wrong in TLS comes as an IOException in a DecoderException.
        Throwable known = cause instanceof DecoderException && cause.getCause() != null ? cause.getCause() : cause;
        if (known instanceof IOException broken) {
            connection.broken(broken, cause);
        } else {
            connection.failed(cause);
            connection.wake();
        }
    }
}
