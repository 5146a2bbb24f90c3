package io.decant.ingest.admin;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;

/**
 * Reads from the socket only while the socket takes what is written. TLS answers some messages of its own accord, such
 * as a change of keys: a client that sends those and reads no answer would fill the memory. Stands before the handler
 * of TLS. Owned by the event loop.
 */
final class ReadsWhileWritable extends ChannelDuplexHandler {

    private boolean postponed;

    @Override
    public void read(ChannelHandlerContext ctx) {
        if (ctx.channel().isWritable()) {
            ctx.read();
        } else {
            postponed = true;
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (postponed && ctx.channel().isWritable()) {
            postponed = false;
            ctx.read();
        }
        ctx.fireChannelWritabilityChanged();
    }
}
