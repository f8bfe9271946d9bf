"""Stripe as a payment gateway: PaymentIntents held first and captured when the goods leave."""
